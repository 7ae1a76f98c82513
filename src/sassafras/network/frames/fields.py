"""Smooth random fields in fixed point, and the light they catch.

Every field is an int32 array of shape (SIZE, SIZE). Heights run from 0 to 65535, so slopes stay fine.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sassafras.network.frames.dice import Dice

SIZE = 227
"""Side of a frame, in pixels (AlexNet's input)."""

IntField = NDArray[np.int32]


@lru_cache(maxsize=32)
def _spline(cells: int) -> tuple[NDArray[np.intp], IntField]:
    """For every pixel of an axis: its cell, shape (SIZE,), and the four cubic B-spline weights that reach it.

    The weights have shape (4, SIZE) and sum to 4096. In integers, so the bits are the same on every machine.
    """
    places = np.zeros(SIZE, np.intp)
    weights = np.zeros((4, SIZE), np.int32)
    for pixel in range(SIZE):
        cell, offset = divmod(pixel * cells, SIZE)
        t = offset / SIZE
        parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1)
        whole = [round(part * 4096 / 6) for part in parts]
        places[pixel] = cell
        weights[:, pixel] = [*whole, 4096 - sum(whole)]
    return places, weights


def noise(dice: Dice, cells: int) -> IntField:
    """Smooth noise with `cells` bumps across the frame, values 0..65535."""
    grid = dice.bytes(cells + 3, cells + 3).astype(np.int32)
    places, weights = _spline(cells)
    wide = np.zeros((cells + 3, SIZE), np.int32)
    for tap in range(4):
        wide += grid[:, places + tap] * weights[tap]
    wide >>= 4  # 16 bits are left: their products with 12-bit weights fit an int32
    tall = np.zeros((SIZE, SIZE), np.int32)
    for tap in range(4):
        tall += wide[places + tap] * weights[tap][:, None]
    return tall >> 12


def fractal(dice: Dice, cells: int, octaves: int) -> IntField:
    """Noise summed over octaves, each twice as fine and half as strong; values 0..65535."""
    total = np.zeros((SIZE, SIZE), np.int32)
    for octave in range(octaves):
        total += noise(dice, cells << octave) >> (octave + 1)
    return total


def slopes(height: IntField) -> tuple[IntField, IntField]:
    """Central differences along columns and rows (same shape as `height`, zero at the rim)."""
    across = np.zeros_like(height)
    down = np.zeros_like(height)
    across[:, 1:-1] = height[:, 2:] - height[:, :-2]
    down[1:-1] = height[2:] - height[:-2]
    return across, down


def stretch(field: IntField, low: int, high: int) -> IntField:
    """Maps low..high linearly to 0..256 and clips, e.g. to turn noise into a soft mask."""
    scaled: IntField = np.clip((field - low) * 256 // (high - low), 0, 256).astype(np.int32)
    return scaled


def eased(mask: IntField) -> IntField:
    """A mask 0..256 with its ramps rounded off at both ends (3m^2 - 2m^3)."""
    smooth: IntField = mask * mask * (768 - 2 * mask) >> 16
    return smooth


def shifted(field: IntField, down: int, right: int) -> IntField:
    """The field moved by whole pixels; what comes in at the rim repeats the rim."""
    places = np.arange(SIZE)
    moved: IntField = field[np.clip(places - down, 0, SIZE - 1)][:, np.clip(places - right, 0, SIZE - 1)]
    return moved
