"""Where a warp counts: a word per counter for what all its lanes did together, and one per counter and lane
for what only some did. The latter are seldom touched, and then take neither time nor memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.multiprocessor import WARP

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  #: odd: its powers tell columns apart


@dataclass(frozen=True)
class Rows:
    """The words of a warp with so many counters: of all lanes together; bytes that say which were counted
    apart as well; of each lane.
    """

    counters: int

    @property
    def _apart_at(self) -> int:
        return self.counters + -(-self.counters // 4)

    @property
    def words(self) -> int:
        """Of a warp."""
        return self._apart_at + WARP * self.counters

    def together(self, counter: int) -> int:
        """Byte offset of a counter of all lanes."""
        return 4 * counter

    def parted(self, counter: int) -> int:
        """Byte offset of whether it has been counted apart."""
        return 4 * self.counters + counter

    def apart(self, counter: int) -> int:
        """Byte offset of a counter of each lane: ``WARP`` words."""
        return 4 * (self._apart_at + WARP * counter)

    def of_threads(
        self, counts: NDArray[np.int32], warps: int, threads: int
    ) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """The rows of counters, int32 (rows, counters), and which is that of each thread; each is one's.

        ``counts``: int32 (all warps, words); ``warps``: of a block; ``threads``: of a block. Warps that are
        alike, of which there are many, share their rows.
        """
        together = counts[:, : self.counters]
        flags = counts[:, self.counters : self._apart_at].view(np.uint8)[:, : self.counters]
        parted = np.flatnonzero(flags.any(axis=0))
        places = self._apart_at + WARP * parted[:, None] + np.arange(WARP)
        apart = counts[:, places.reshape(-1)]
        first, kinds = _alike(np.concatenate([together, apart], axis=1))
        lanes = np.repeat(together[first][:, None], WARP, axis=1)
        lanes[:, :, parted] += apart[first].reshape(len(first), len(parted), WARP).transpose(0, 2, 1)
        of = kinds[:, None] * WARP + np.arange(WARP)
        used, which = np.unique(of.reshape(-1, warps * WARP)[:, :threads], return_inverse=True)
        return lanes.reshape(-1, self.counters)[used], which.reshape(-1)


def _alike(rows: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first of each kind of equal rows, and the kind of each."""
    multipliers = np.cumprod(np.full(rows.shape[1], _MULTIPLIER))
    hashes = (rows.astype(np.uint64) * multipliers).sum(axis=1, dtype=np.uint64)
    _, first, kinds = np.unique(hashes, return_index=True, return_inverse=True)
    kinds = kinds.reshape(-1)
    if (rows != rows[first][kinds]).any():  # two kinds have one hash: each row is its own kind
        return np.arange(len(rows)), np.arange(len(rows))
    return first, kinds
