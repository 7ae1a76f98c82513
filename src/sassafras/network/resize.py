"""Bilinear resizing as Darknet does it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def resize_image(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Float32 (c, h, w) to (c, height, width): Darknet's ``resize_image``.

    The corners of both grids coincide; first along x, then along y; every step in binary32. No smoothing
    when the image shrinks, unlike Pillow's filters.
    """
    return _stretch(_stretch(pixels, 2, width), 1, height)


def _stretch(pixels: NDArray[np.float32], axis: int, size: int) -> NDArray[np.float32]:
    extent = pixels.shape[axis]
    if extent == size:
        return pixels
    scale = np.float32(extent - 1) / np.float32(max(size - 1, 1))
    at = np.arange(size, dtype=np.float32) * scale
    at[-1] = extent - 1
    before = np.minimum(at.astype(np.int64), extent - 1)
    behind = np.minimum(before + 1, extent - 1)
    shape = [1] * pixels.ndim
    shape[axis] = size
    part = (at - before.astype(np.float32)).reshape(shape)
    mixed = (np.float32(1) - part) * pixels.take(before, axis) + part * pixels.take(behind, axis)
    return np.asarray(mixed, np.float32)
