"""Counter-based randomness: everything about a frame is drawn from one stream named by (seed, index)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T")

_FRAME_WORD = 128
"""The frame index sits in the upper half of Philox's 256-bit counter, so two frames never share a draw."""


class Dice:
    """Draws of one frame: Philox 4x64 keyed with `seed`, its counter starting at `index * 2**128`.

    Only integers, and floats made from integers, are drawn: they come out the same on every processor.
    """

    def __init__(self, seed: int, index: int) -> None:
        self._generator = np.random.Generator(np.random.Philox(key=seed, counter=index << _FRAME_WORD))

    def uniform(self, low: float, high: float) -> float:
        """A float in [low, high)."""
        return low + (high - low) * self._generator.random()

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high], both ends included."""
        return int(self._generator.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return bool(self._generator.random() < probability)

    def sign(self) -> int:
        """-1 or 1."""
        return 1 if self.chance(0.5) else -1

    def pick(self, options: Sequence[_T]) -> _T:
        """One of `options`, all equally likely."""
        return options[self.integer(0, len(options) - 1)]

    def bytes(self, *shape: int) -> NDArray[np.uint8]:
        """Uniform bytes, uint8, of the given shape."""
        return self._generator.integers(0, 256, shape, dtype=np.uint8)
