"""The population of sites of a campaign, and uniform draws from it.
 A site is one executed (RF: issued) dynamic thread-instruction that the selection may strike, over all
launches of the campaign's kernels and all its frames. Every site is equally likely (half-open ranges,
unbiased bounded integers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.profile import LaunchProfile
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.targets import Selection, strike_mask
from sassafras.isa.program import Program


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


def sites_per_class(item: ProfiledLaunch, selection: Selection) -> NDArray[np.int64]:
    """Sites of one thread of each class of a launch, int64 (classes,)."""
    counts = item.profile.issued if selection.mode is Mode.RF else item.profile.executed
    sites: NDArray[np.int64] = counts[:, strike_mask(item.program, selection)].sum(axis=1)
    return sites


class Population:
    """All sites that a selection may strike, numbered launch by launch, in a launch class by class
    (``LaunchProfile``), in a class thread by thread.

    Raises ValueError when there are none.
    """

    def __init__(self, launches: Sequence[ProfiledLaunch], selection: Selection) -> None:
        self.selection = selection
        self._launches = launches
        self._sites = [sites_per_class(item, selection) for item in launches]
        classes = [
            np.cumsum(sites * item.profile.threads_per_class)
            for item, sites in zip(launches, self._sites, strict=True)
        ]
        self._class_ends = classes
        self.sites_per_launch = tuple(int(ends[-1]) for ends in classes)
        self._ends = np.cumsum(self.sites_per_launch, dtype=np.int64)
        if self.total == 0:
            raise ValueError(f"no instruction of these kernels can be struck by {selection}")

    @property
    def launches(self) -> Sequence[ProfiledLaunch]:
        """The launches, in the order of ``sites_per_launch``."""
        return self._launches

    @property
    def total(self) -> int:
        """Number of sites."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def locate(self, site: int) -> tuple[ProfiledLaunch, int, int]:
        """Site number in [0, total) -> launch, its linear thread, ordinal among the thread's sites."""
        if not 0 <= site < self.total:
            raise IndexError(f"site {site} of {self.total}")
        number, inside = _place(self._ends, site)
        item, profile = self._launches[number], self._launches[number].profile
        kind, inside = _place(self._class_ends[number], inside)
        rank, ordinal = divmod(inside, int(self._sites[number][kind]))
        first = int(profile.threads_per_class[:kind].sum())
        return item, int(profile.threads_by_class[first + rank]), ordinal


def _place(ends: NDArray[np.int64], position: int) -> tuple[int, int]:
    """The interval in which a position lies, given the intervals' ends, and the position inside it."""
    found = int(np.searchsorted(ends, position, side="right"))
    return found, position - (int(ends[found - 1]) if found else 0)


_MODE_NUMBER = {mode: k for k, mode in enumerate(Mode)}


def mode_number(mode: Mode) -> int:
    """Number of a mode in ids and in the counters of the generator."""
    return _MODE_NUMBER[mode]


def fault_id(mode: Mode, number: int) -> int:
    """The id of fault ``number`` of a mode: unique in a campaign, and the same however many faults are asked
    for.
    """
    return number * len(_MODE_NUMBER) + _MODE_NUMBER[mode]


def draw_fault(
    seed: int,
    mode: Mode,
    number: int,
    models: Sequence[FaultModel],
    scope: Scope,
    populations: Mapping[FaultModel, Population],
) -> Draw:
    """Fault ``number`` of a mode. It depends on (seed, mode, number) alone; the models take turns, so that
    each gets its equal share.
    """
    bits = np.random.Philox(key=seed, counter=[0, 0, _MODE_NUMBER[mode], number])
    generator = np.random.Generator(bits)
    model = models[number % len(models)]
    population = populations[model]
    item, thread, ordinal = population.locate(int(generator.integers(0, population.total)))
    words = [int(w) for w in generator.integers(0, 2**64, 3, dtype=np.uint64)]
    block, inside = divmod(thread, item.threads_per_block)
    return Draw(
        fault_id(mode, number), mode, model, scope, item.frame, item.launch, block, inside, ordinal, *words
    )
