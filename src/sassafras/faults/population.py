"""The population of sites of a campaign, and uniform draws from it.
 A site is one executed (RF: issued) dynamic thread-instruction that the selection may strike, over all
launches of the campaign's kernels and all its frames. Every site is equally likely (half-open ranges,
unbiased bounded integers).

An instruction whose destinations are the warp's is one site of the warp: that of the thread which executes
most of them, the lowest of several (`leaders`), behind the thread's own sites.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.profile import LaunchProfile
from sassafras.faults.ids import fault_id, mode_number
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.streams import bounded, first_words
from sassafras.faults.targets import Selection, strike_mask, warp_strike_mask
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


class Place(NamedTuple):
    """A site: the launch, its linear thread, the ordinal among the thread's sites; ``of_warp``: it is one of
    the warp's.
    """

    item: ProfiledLaunch
    thread: int
    ordinal: int
    of_warp: bool


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

    def locate(self, site: int) -> Place:
        """Where site number ``site`` in [0, total) is."""

    def locate_all(self, sites: NDArray[np.int64]) -> list[Place]:
        """Of site numbers in [0, total), each as `locate`."""


@dataclass(frozen=True)
class ThreadGroups:
    """Threads of a launch that have equally many sites, group by group. ``own``: sites of one thread of each
    group that are the thread's, ``of_warp``: that are its warp's, behind these; ``counts``: threads of each
    group; int64 (groups,). ``threads``: linear threads, group by group, ascending within a group.
    """

    own: NDArray[np.int64]
    of_warp: NDArray[np.int64]
    counts: NDArray[np.int64]
    threads: NDArray[np.int64]

    @property
    def each(self) -> NDArray[np.int64]:
        """Sites of one thread of each group."""
        return self.own + self.of_warp


def sites_of(item: ProfiledLaunch, selection: Selection) -> ThreadGroups:
    """The sites of a launch. Its groups are the classes of its profile; where warps have sites, their leaders
    are groups beside these.
    """
    profile = item.profile
    counts = profile.issued if selection.mode is Mode.RF else profile.executed
    own = counts[:, strike_mask(item.program, selection)].sum(axis=1)
    of_warp = counts[:, warp_strike_mask(item.program, selection)].sum(axis=1)
    if not of_warp.any():
        return ThreadGroups(own, of_warp, profile.threads_per_class, profile.threads_by_class)
    leads = leaders(of_warp[profile.thread_class], item.threads_per_block)
    group = profile.thread_class.astype(np.int64) + len(own) * leads
    return ThreadGroups(
        np.concatenate([own, own]),
        np.concatenate([np.zeros_like(of_warp), of_warp]),
        np.bincount(group, minlength=2 * len(own)).astype(np.int64),
        np.argsort(group, kind="stable"),
    )


def leaders(sites: NDArray[np.int64], threads_per_block: int) -> NDArray[np.bool_]:
    """Of each thread of a launch, whether it has the sites of its warp. ``sites``: that it executes."""
    blocks = sites.reshape(-1, threads_per_block)
    leads = np.zeros(blocks.shape, bool)
    for start in range(0, threads_per_block, WARP):
        first = start + blocks[:, start : start + WARP].argmax(axis=1)
        leads[np.arange(len(blocks)), first] = True
    return leads.reshape(-1)


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
        sites = once_each(launches, lambda item: sites_of(item, selection))
        threads = [one.counts for one in sites]
        self._per_launch = tuple(int(one.each @ one.counts) for one in sites)
        # Group by group of all launches: launch, sites per thread, threads of earlier groups, last site + 1.
        self._threads = [one.threads for one in sites]
        self._launch = np.repeat(np.arange(len(launches)), [len(one.own) for one in sites])
        self._sites, self._own = (_joined([getattr(one, name) for one in sites]) for name in ("each", "own"))
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

    def locate(self, site: int) -> Place:
        """Where site number ``site`` in [0, total) is."""
        if not 0 <= site < self.total:
            raise IndexError(f"site {site} of {self.total}")
        return self.locate_all(np.array([site]))[0]

    def locate_all(self, sites: NDArray[np.int64]) -> list[Place]:
        """Of site numbers in [0, total), each as `locate`."""
        kinds = np.searchsorted(self._ends, sites, side="right")
        inside = sites - np.concatenate([[0], self._ends])[kinds]
        ranks, ordinals = np.divmod(inside, self._sites[kinds])
        ranks += self._first[kinds]
        columns = (self._launch[kinds], ranks, ordinals, ordinals >= self._own[kinds])
        return [
            Place(self._launches[number], int(self._threads[number][rank]), ordinal, of_warp)
            for number, rank, ordinal, of_warp in zip(*(c.tolist() for c in columns), strict=True)
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
    place = population.locate(int(generator.integers(0, population.total)))
    words = tuple(int(w) for w in generator.integers(0, 2**64, 3, dtype=np.uint64))
    return draw_at(place, fault_id(mode, number), mode, model, scope, words)


def draw_at(
    place: Place, number: int, mode: Mode, model: FaultModel, scope: Scope, words: Sequence[int]
) -> Draw:
    """The draw of a site, with its number and its random words. What is the warp's is struck in all of it."""
    item = place.item
    block, inside = divmod(place.thread, item.threads_per_block)
    where = (item.frame, item.launch, block, inside, place.ordinal)
    struck = Scope.WARP if place.of_warp else scope
    target, bit, value = words
    return Draw(number, mode, model, struck, *where, target, bit, value, longest=item.profile.longest)


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
        for number, good, place, *rest in zip(*columns, strict=True):
            if not good:  # the generator goes on until it has an unbiased number
                found[number] = draw_fault(seed, mode, number, models, scope, populations)
                continue
            found[number] = draw_at(place, fault_id(mode, number), mode, model, scope, rest)
    return [found[number] for number in numbers]
