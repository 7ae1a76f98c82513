"""The population of sites of a campaign, and uniform draws from it.
 A site is one executed (RF: issued) dynamic thread-instruction that the selection may strike, over all
launches of the campaign's kernels and all its frames. Every site is equally likely (half-open ranges,
unbiased bounded integers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.profile import LaunchProfile
from sassafras.faults.ids import fault_id, mode_number
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.streams import bounded, first_words
from sassafras.faults.targets import Selection, strike_mask
from sassafras.isa.program import Program

T = TypeVar("T")


@dataclass(frozen=True)
class ProfiledLaunch:
    """One launch on one frame: where it stands in the plan, its program, its threads per block and its
    golden profile.
    """

    frame: int
    launch: int
    program: Program
    threads_per_block: int
    profile: LaunchProfile


class Sites(Protocol):
    """What faults are drawn from: numbered sites, launch by launch."""

    @property
    def launches(self) -> Sequence[ProfiledLaunch]:
        """The launches, in the order of ``sites_per_launch``."""

    @property
    def sites_per_launch(self) -> tuple[int, ...]:
        """Sites of each launch."""

    @property
    def total(self) -> int:
        """Number of sites."""

    def locate(self, site: int) -> tuple[ProfiledLaunch, int, int]:
        """Site number in [0, total) -> launch, its linear thread, ordinal among the thread's sites."""

    def locate_all(self, sites: NDArray[np.int64]) -> list[tuple[ProfiledLaunch, int, int]]:
        """Of site numbers in [0, total), each as `locate`."""


def sites_per_class(item: ProfiledLaunch, selection: Selection) -> NDArray[np.int64]:
    """Sites of one thread of each class of a launch, int64 (classes,)."""
    counts = item.profile.issued if selection.mode is Mode.RF else item.profile.executed
    sites: NDArray[np.int64] = counts[:, strike_mask(item.program, selection)].sum(axis=1)
    return sites


def once_each(launches: Sequence[ProfiledLaunch], of: Callable[[ProfiledLaunch], T]) -> list[T]:
    """``of(launch)`` of each launch, which depends on its program and profile: most frames share these."""
    known: dict[tuple[int, int], T] = {}
    found = []
    for item in launches:
        key = (id(item.program), id(item.profile))
        if key not in known:
            known[key] = of(item)
        found.append(known[key])
    return found


class Population:
    """All sites that a selection may strike, numbered launch by launch, in a launch class by class
    (``LaunchProfile``), in a class thread by thread.

    Raises ValueError when there are none.
    """

    def __init__(self, launches: Sequence[ProfiledLaunch], selection: Selection) -> None:
        self.selection = selection
        self._launches = launches
        sites = once_each(launches, lambda item: sites_per_class(item, selection))
        threads = [item.profile.threads_per_class for item in launches]
        self._per_launch = tuple(int(s @ t) for s, t in zip(sites, threads, strict=True))
        # Class by class of all launches: launch, sites per thread, threads of earlier classes, last site + 1.
        self._launch = np.repeat(np.arange(len(launches)), [len(s) for s in sites])
        self._sites = _joined(sites)
        self._first = _joined([np.cumsum(t) - t for t in threads])
        self._ends = np.cumsum(self._sites * _joined(threads))
        if self.total == 0:
            raise ValueError(f"no instruction of these kernels can be struck by {selection}")

    @property
    def launches(self) -> Sequence[ProfiledLaunch]:
        """The launches, in the order of ``sites_per_launch``."""
        return self._launches

    @property
    def sites_per_launch(self) -> tuple[int, ...]:
        """Sites of each launch."""
        return self._per_launch

    @property
    def total(self) -> int:
        """Number of sites."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def locate(self, site: int) -> tuple[ProfiledLaunch, int, int]:
        """Site number in [0, total) -> launch, its linear thread, ordinal among the thread's sites."""
        if not 0 <= site < self.total:
            raise IndexError(f"site {site} of {self.total}")
        return self.locate_all(np.array([site]))[0]

    def locate_all(self, sites: NDArray[np.int64]) -> list[tuple[ProfiledLaunch, int, int]]:
        """Of site numbers in [0, total), each as `locate`."""
        kinds = np.searchsorted(self._ends, sites, side="right")
        inside = sites - np.concatenate([[0], self._ends])[kinds]
        ranks, ordinals = np.divmod(inside, self._sites[kinds])
        launches = [self._launches[number] for number in self._launch[kinds].tolist()]
        ranks += self._first[kinds]
        return [
            (item, int(item.profile.threads_by_class[rank]), ordinal)
            for item, rank, ordinal in zip(launches, ranks.tolist(), ordinals.tolist(), strict=True)
        ]


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *parts])


def draw_fault(
    seed: int,
    mode: Mode,
    number: int,
    models: Sequence[FaultModel],
    scope: Scope,
    populations: Mapping[FaultModel, Sites],
) -> Draw:
    """Fault ``number`` of a mode. It depends on (seed, mode, number) alone; the models take turns, so that
    each gets its equal share.
    """
    bits = np.random.Philox(key=seed, counter=[0, 0, mode_number(mode), number])
    generator = np.random.Generator(bits)
    model = models[number % len(models)]
    population = populations[model]
    item, thread, ordinal = population.locate(int(generator.integers(0, population.total)))
    words = [int(w) for w in generator.integers(0, 2**64, 3, dtype=np.uint64)]
    block, inside = divmod(thread, item.threads_per_block)
    place = (item.frame, item.launch, block, inside, ordinal)
    longest = item.profile.longest
    return Draw(fault_id(mode, number), mode, model, scope, *place, *words, longest=longest)


def draw_faults(
    seed: int,
    mode: Mode,
    numbers: Sequence[int],
    models: Sequence[FaultModel],
    scope: Scope,
    populations: Mapping[FaultModel, Sites],
) -> list[Draw]:
    """Many faults of a mode: each as `draw_fault` draws it, in the order of ``numbers``."""
    found: dict[int, Draw] = {}
    for kind, model in enumerate(models):
        own = np.array([n for n in numbers if n % len(models) == kind], np.uint64)
        population = populations[model]
        words = first_words(seed, 0, mode_number(mode), own)
        sites, fine = bounded(words[0], population.total)
        places = population.locate_all(sites.astype(np.int64))
        columns = (own.tolist(), fine.tolist(), places, *(column.tolist() for column in words[1:]))
        for number, good, (item, thread, ordinal), *rest in zip(*columns, strict=True):
            if not good:  # the generator goes on until it has an unbiased number
                found[number] = draw_fault(seed, mode, number, models, scope, populations)
                continue
            block, inside = divmod(thread, item.threads_per_block)
            place = (item.frame, item.launch, block, inside, ordinal)
            longest = item.profile.longest
            found[number] = Draw(fault_id(mode, number), mode, model, scope, *place, *rest, longest=longest)
    return [found[number] for number in numbers]
