"""The population of memory faults (mode MEM): words of buffers x modelled time.

A buffer is exposed from the launch that first writes it (what goes in and what is there at the start: from
the beginning) to the last one that reads it (outputs: to the end). A strike in the time that a launch takes
is one before that launch. Every pair of a bit and a nanosecond of modelled time is equally likely.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.faults.model import Target, TargetKind
from sassafras.faults.population import Place, ProfiledLaunch
from sassafras.faults.targets import Selection

WORD = 4  #: bytes
NO_PLACE = -1  #: block, thread, instruction and offset of what strikes no thread

Interval = tuple[int, int]  #: bytes of the arena, half open


@dataclass(frozen=True)
class Held:
    """A buffer as memory faults see it. ``place``: its bytes in the arena; ``begins``: it holds something
    before the first launch; ``ends``: it is read behind the last one.
    """

    name: str
    place: Interval
    begins: bool
    ends: bool


@dataclass(frozen=True)
class Touches:
    """Names of the buffers that a fault-free launch reads and writes."""

    reads: frozenset[str]
    writes: frozenset[str]


@dataclass(frozen=True)
class Exposed:
    """What can be struck while a launch runs: words of the arena as half-open ranges, and for how long."""

    words: tuple[Interval, ...]
    nanoseconds: int


def exposed_buffers(buffers: Iterable[Held], launches: Sequence[Touches]) -> list[tuple[Interval, ...]]:
    """For each launch, the words of the buffers that are exposed before it; ascending."""
    found: list[list[Interval]] = [[] for _ in launches]
    for buffer in buffers:
        start, end = buffer.place
        read = [k for k, launch in enumerate(launches) if buffer.name in launch.reads]
        written = [k for k, launch in enumerate(launches) if buffer.name in launch.writes]
        last = len(launches) - 1 if buffer.ends else max(read, default=-1)
        # What a launch reads before anyone has written it are the zeros that memory begins with.
        early = buffer.begins or (bool(read) and (not written or read[0] <= written[0]))
        first = 0 if early else (written[0] + 1 if written else len(launches))
        for number in range(first, last + 1):
            found[number].append((start // WORD, -(-end // WORD)))
    return [tuple(sorted(words)) for words in found]


class MemoryPopulation:
    """Words x nanoseconds, numbered launch by launch; in a launch word by word. Otherwise as
    `population.Population`: a thread is 0, an ordinal the number of a word of the arena.

    Raises ValueError where the model does not strike memory, or nothing is exposed.
    """

    def __init__(
        self, launches: Sequence[ProfiledLaunch], exposed: Sequence[Exposed], selection: Selection
    ) -> None:
        law = selection.model.file.law
        if not law.takes(None, Target(TargetKind.MEMORY, 0, law.memory_bits)):
            raise ValueError(f"the model {selection.model} does not say what becomes of memory")
        self._launches = launches
        self._exposed = exposed
        words = [sum(end - start for start, end in item.words) for item in exposed]
        self._per_launch = tuple(n * e.nanoseconds for n, e in zip(words, exposed, strict=True))
        if sum(self._per_launch) >= 2**63:
            raise ValueError("there are more pairs of a word and a nanosecond than can be numbered")
        self._ends = np.cumsum(np.array(self._per_launch, np.int64))
        if self.total == 0:
            raise ValueError("no buffer holds anything while one of these kernels runs")

    @property
    def launches(self) -> Sequence[ProfiledLaunch]:
        """The launches, in the order of ``sites_per_launch``."""
        return self._launches

    @property
    def sites_per_launch(self) -> tuple[int, ...]:
        """Words x nanoseconds of each launch."""
        return self._per_launch

    @property
    def total(self) -> int:
        """Number of sites."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def locate(self, site: int) -> Place:
        """As `Sites` says: its thread is 0, its ordinal the word of the arena."""
        if not 0 <= site < self.total:
            raise IndexError(f"site {site} of {self.total}")
        place = int(np.searchsorted(self._ends, site, side="right"))
        exposed = self._exposed[place]
        inside = site - (int(self._ends[place - 1]) if place else 0)
        word = inside // exposed.nanoseconds
        for start, end in exposed.words:
            if word < end - start:
                return Place(self._launches[place], 0, start + word, of_warp=False)
            word -= end - start
        raise AssertionError("the words of a launch add up to its sites")

    def locate_all(self, sites: NDArray[np.int64]) -> list[Place]:
        """Of site numbers in [0, total), each as `locate`."""
        return [self.locate(site) for site in sites.tolist()]
