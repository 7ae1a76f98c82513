"""What a fault-free launch does with memory, watched: for kernels that do not declare what they touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import AccessKind
from sassafras.isa.program import Program
from sassafras.simulation.races import atomic_instructions
from sassafras.simulation.regions import Interval, Intervals

LONGEST = 1 << 30  #: dynamic instructions of a thread, beyond which a fault-free launch counts as endless
_JOINED = 512  #: bytes: intervals that are not further apart become one
_NOBODY = np.iinfo(np.int64).max


class Sharing(Enum):
    """Who else touches the bytes that a thread of a launch stores in global memory."""

    NONE = "none"  #: nobody: every byte stored is one thread's alone
    BLOCK = "block"  #: threads of its block
    LAUNCH = "launch"  #: threads of other blocks


@dataclass(frozen=True, eq=False)
class Bytes:
    """A set of bytes of the arena, one bit for each; and intervals in which they all lie."""

    bits: NDArray[np.uint8]
    around: Intervals

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> Bytes:
        """Those of a mask of the whole arena."""
        return cls(np.packbits(mask), _around(np.flatnonzero(mask)))

    def has(self, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which offsets are in the set."""
        found: NDArray[np.bool_] = (self.bits[offsets >> 3] >> (7 - (offsets & 7)).astype(np.uint8) & 1) != 0
        return found


@dataclass(frozen=True, eq=False)
class Observed:
    """``loads``, ``stores``: the bytes that its threads load and store. ``longest``: dynamic instructions of
    the longest thread.
    """

    loads: Bytes
    stores: Bytes
    sharing: Sharing
    longest: int


class Observation:
    """What the threads of a launch touch: of each byte whether, and the first and the last of them by
    number. ``nbytes``: of the arena.
    """

    def __init__(self, program: Program, nbytes: int) -> None:
        self._atomic = atomic_instructions(program)
        self._longest = 0
        self._loaded, self._stored = np.zeros(nbytes, bool), np.zeros(nbytes, bool)
        self._first, self._last = np.full(nbytes, _NOBODY), np.full(nbytes, -1)

    def seen(self, threads_per_block: int) -> Observed:
        """All of it."""
        loads, stores = Bytes.of(self._loaded), Bytes.of(self._stored)
        return Observed(loads, stores, self._sharing(threads_per_block), self._longest)

    def note_issued(self, issued: NDArray[np.int64]) -> None:
        """Dynamic instructions of threads that have ended."""
        self._longest = max(self._longest, int(issued.max()))

    def note_loaded(self, places: slice) -> None:
        """Offsets that are read by instructions that no log has."""
        self._loaded[places] = True

    def add(self, first: int, log: NDArray[np.void]) -> None:
        """The accesses of a block whose threads are numbered from ``first`` on."""
        for kind, mask in ((AccessKind.GLOBAL_LOAD, self._loaded), (AccessKind.GLOBAL_STORE, self._stored)):
            chosen = log[log["kind"] == int(kind)]
            for size in np.unique(chosen["nbytes"]).tolist():
                here = chosen[chosen["nbytes"] == size]
                places = (here["offset"][:, None] + np.arange(size)).reshape(-1)
                threads = np.repeat(here["thread"].astype(np.int64) + first, size)
                mask[places] = True
                # an atomic operation is logged as a store, and depends on what it finds
                self._loaded[places[np.repeat(self._atomic[here["pc"]], size)]] = True
                np.minimum.at(self._first, places, threads)
                np.maximum.at(self._last, places, threads)

    def _sharing(self, threads_per_block: int) -> Sharing:
        """Who else touches what a thread stores."""
        first, last = self._first[self._stored], self._last[self._stored]
        if (first == last).all():
            return Sharing.NONE
        alone = (first // threads_per_block == last // threads_per_block).all()
        return Sharing.BLOCK if alone else Sharing.LAUNCH


def _around(offsets: NDArray[np.int64]) -> Intervals:
    """Few intervals around sorted offsets."""
    return tuple(_joined(offsets)) if len(offsets) else ()


def _joined(offsets: NDArray[np.int64]) -> Iterable[Interval]:
    ends = np.flatnonzero(np.diff(offsets) > _JOINED)
    firsts = offsets[np.concatenate([[0], ends + 1])]
    lasts = offsets[np.concatenate([ends, [len(offsets) - 1]])] + 1
    return zip(firsts.tolist(), lasts.tolist(), strict=True)
