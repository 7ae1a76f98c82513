"""The random numbers of one fault: a stream of the counter-based generator, keyed by two words of its draw.

Only the raw words of Philox are used, and what is made of them is defined here: NumPy may change what its
distributions make of the same words from version to version.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np


class Stream:
    """Philox-4x64-10 with a key of two 64-bit words (`sassafras.faults.streams` says which Philox)."""

    def __init__(self, first: int, second: int) -> None:
        self._bits = np.random.Philox(key=first | second << 64)

    def uniform(self) -> float:
        """A multiple of 2**-53 in [0, 1)."""
        return (int(self._bits.random_raw()) >> 11) * 2.0**-53

    def index(self, count: int) -> int:
        """An index below ``count``, every one equally likely."""
        return int(self._bits.random_raw()) * count >> 64

    def choose(self, weights: Sequence[float]) -> int:
        """An index, as likely as its weight (0 or more, not all 0)."""
        sums = list(accumulate(weights))
        place = self.uniform() * sums[-1]
        # Rounding may bring the product up to the last sum: then the last index that has a weight.
        return next((k for k, total in enumerate(sums) if place < total), sums.index(sums[-1]))

    def choose_several(self, weights: Sequence[float], count: int) -> list[int]:
        """So many different indexes, one after the other, each as likely as its weight among those left. At
        most as many as there are weights above 0.
        """
        left = list(weights)
        found = []
        for _ in range(min(count, sum(weight > 0 for weight in weights))):
            found.append(self.choose(left))
            left[found[-1]] = 0
        return found
