"""How Darknet makes pictures fit, pixel by pixel: the reference of the tests.

Written from the behaviour of ``resize_image``, ``letterbox_image``, ``resize_min`` and ``crop_image`` in the
``image.c`` of pjreddie/darknet (AlexeyAB's are the same), in loops over pixels and in binary32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
ONE = np.float32(1)


def resized(image: Pixels, height: int, width: int, *, literal: bool = False) -> Pixels:
    """``resize_image``. ``literal``: with what it does to the last row, taken from one row alone, the
    one at or above the rounded place; else that row is the picture's last.
    """
    channels, rows, columns = image.shape
    part = np.zeros((channels, rows, width), np.float32)
    found = np.zeros((channels, height, width), np.float32)
    w_scale = np.float32(columns - 1) / np.float32(width - 1) if width > 1 else np.float32(0)
    h_scale = np.float32(rows - 1) / np.float32(height - 1) if height > 1 else np.float32(0)
    for k, r, c in np.ndindex(part.shape):
        if c == width - 1 or columns == 1:
            part[k, r, c] = image[k, r, columns - 1]
        else:
            sx = np.float32(c) * w_scale
            ix = int(sx)
            dx = sx - np.float32(ix)
            part[k, r, c] = (ONE - dx) * image[k, r, ix] + dx * image[k, r, ix + 1]
    for k, r, c in np.ndindex(found.shape):
        sy = np.float32(r) * h_scale
        iy = int(sy)
        dy = sy - np.float32(iy)
        if r == height - 1 and not literal:
            found[k, r, c] = part[k, rows - 1, c]
        else:
            found[k, r, c] = (ONE - dy) * part[k, iy, c]
            if r < height - 1 and rows > 1:
                found[k, r, c] += dy * part[k, iy + 1, c]
    return found


def letterboxed(image: Pixels, height: int, width: int) -> Pixels:
    """``letterbox_image``."""
    channels, rows, columns = image.shape
    if np.float32(width) / np.float32(columns) < np.float32(height) / np.float32(rows):
        new_width, new_height = width, rows * width // columns
    else:
        new_width, new_height = columns * height // rows, height
    small = resized(image, new_height, new_width)
    boxed = np.full((channels, height, width), 0.5, np.float32)
    left, top = (width - new_width) // 2, (height - new_height) // 2
    for k, y, x in np.ndindex(small.shape):
        boxed[k, top + y, left + x] = small[k, y, x]
    return boxed


def cropped(image: Pixels, height: int, width: int) -> Pixels:
    """``resize_min`` to the network's width, then ``crop_image`` around the middle, as ``predict_classifier``
    of AlexeyAB's ``classifier.c`` does.
    """
    channels, rows, columns = image.shape
    if columns < rows:
        new_width, new_height = width, rows * width // columns
    else:
        new_width, new_height = columns * width // rows, width
    small = resized(image, new_height, new_width)
    left, top = int((new_width - width) / 2), int((new_height - height) / 2)  # C rounds towards zero
    found = np.zeros((channels, height, width), np.float32)
    for k, y, x in np.ndindex(found.shape):
        row = min(max(y + top, 0), new_height - 1)
        column = min(max(x + left, 0), new_width - 1)
        found[k, y, x] = small[k, row, column]
    return found
