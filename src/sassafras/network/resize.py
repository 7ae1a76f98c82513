"""Bilinear resizing: Darknet's, but for the last row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def resize_image(
    pixels: NDArray[np.float32],
    height: int,
    width: int,
    *,
    rows: NDArray[np.int64] | None = None,
    columns: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Float32 (c, h, w) to (c, height, width), as ``resize_image`` of Darknet's ``image.c``: the corners of
    both grids coincide; first along x, then along y; every step in binary32. No smoothing when the image
    shrinks, unlike Pillow's filters. ``rows``, ``columns``: only these of the result.

    One row differs. The last row of the result is the last of the image; Darknet takes it from one row alone,
    weighted by how near that is, and where the product (height - 1) x ((h - 1) / (height - 1)) rounds to less
    than h - 1 the weight is almost zero: its last row is black (854 x 480 to 227 x 227 is such a case).
    """
    return _stretch(_stretch(pixels, 2, width, columns), 1, height, rows)


def _stretch(
    pixels: NDArray[np.float32], axis: int, size: int, wanted: NDArray[np.int64] | None
) -> NDArray[np.float32]:
    extent = pixels.shape[axis]
    if extent == size:
        return pixels if wanted is None else pixels.take(wanted, axis)
    places = np.arange(size) if wanted is None else wanted
    scale = np.float32(extent - 1) / np.float32(max(size - 1, 1))
    at = places.astype(np.float32) * scale
    at[places == size - 1] = extent - 1
    before = np.minimum(at.astype(np.int64), extent - 1)
    behind = np.minimum(before + 1, extent - 1)
    shape = [1] * pixels.ndim
    shape[axis] = len(places)
    part = (at - before.astype(np.float32)).reshape(shape)
    mixed = (np.float32(1) - part) * pixels.take(before, axis) + part * pixels.take(behind, axis)
    return np.asarray(mixed, np.float32)
