"""How a picture of another size becomes one of the network's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.resize import resize_image
from sassafras.workload.choices import Fit

__all__ = ["Fit", "fit_image"]

GREY = np.float32(0.5)  #: around a letterboxed picture


def fit_image(pixels: NDArray[np.float32], height: int, width: int, fit: Fit) -> NDArray[np.float32]:
    """Float32 (c, h, w) to (c, height, width). Resizing is `resize_image`'s. Raises NetworkError."""
    match fit:
        case Fit.STRETCH:
            return resize_image(pixels, height, width)
        case Fit.LETTERBOX:
            return _letterbox(pixels, height, width)
        case Fit.CROP:
            return _crop(pixels, height, width)


def _letterbox(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """``letterbox_image`` of Darknet's ``image.c``: the longer side (relative to the network's) fits, the
    other is rounded down, and so is the half of what is left over that lies above or to the left.
    """
    channels, tall, wide = pixels.shape
    if np.float32(width) / np.float32(wide) < np.float32(height) / np.float32(tall):
        new_height, new_width = tall * width // wide, width
    else:
        new_height, new_width = height, wide * height // tall
    if not new_height or not new_width:
        raise NetworkError(
            f"{wide}x{tall} pixels: nothing is left of it in a letterbox of {width}x{height}; "
            "fit it by stretch or crop"
        )
    top, left = (height - new_height) // 2, (width - new_width) // 2
    boxed = np.full((channels, height, width), GREY, np.float32)
    boxed[:, top : top + new_height, left : left + new_width] = resize_image(pixels, new_height, new_width)
    return boxed


def _crop(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """``resize_min`` of Darknet's ``image.c`` to the network's width, then ``crop_image`` around the middle,
    where the edge is repeated if the network is higher than that; the sizes of ``predict_classifier``.
    """
    _, tall, wide = pixels.shape
    if wide < tall:
        new_height, new_width = tall * width // wide, width
    else:
        new_height, new_width = width, wide * width // tall
    rows = np.clip(np.arange(height) + _half(new_height - height), 0, new_height - 1)
    columns = np.clip(np.arange(width) + _half(new_width - width), 0, new_width - 1)
    return resize_image(pixels, new_height, new_width, rows=rows, columns=columns)


def _half(number: int) -> int:
    """Rounded towards zero, as C divides."""
    return number // 2 if number >= 0 else -(-number // 2)
