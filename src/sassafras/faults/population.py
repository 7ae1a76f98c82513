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
    """One launch on one frame: where it stands in the plan, its program, its threads per block and its golden
    profile.
    """

    frame: int
    launch: int
    program: Program
    threads_per_block: int
    profile: LaunchProfile


def sites_per_thread(item: ProfiledLaunch, selection: Selection) -> NDArray[np.int64]:
    """Sites of each thread of a launch, int64 (threads,)."""
    counts = item.profile.issued if selection.mode is Mode.RF else item.profile.executed
    per_class = counts[:, strike_mask(item.program, selection)].sum(axis=1)
    threads: NDArray[np.int64] = per_class[item.profile.thread_class]
    return threads


class Population:
    """All sites that a selection may strike. Raises ValueError when there are none."""

    def __init__(self, launches: Sequence[ProfiledLaunch], selection: Selection) -> None:
        self.selection = selection
        self._launches = launches
        totals = [int(self._class_totals(item).sum()) for item in launches]
        self._ends = np.cumsum(totals, dtype=np.int64)
        self.sites_per_launch: tuple[int, ...] = tuple(totals)
        self._thread_ends: dict[int, NDArray[np.int64]] = {}
        if self.total == 0:
            raise ValueError(f"no instruction of these kernels can be struck by {selection}")

    def _class_totals(self, item: ProfiledLaunch) -> NDArray[np.int64]:
        counts = item.profile.issued if self.selection.mode is Mode.RF else item.profile.executed
        mask = strike_mask(item.program, self.selection)
        totals: NDArray[np.int64] = counts[:, mask].sum(axis=1) * item.profile.threads_per_class
        return totals

    @property
    def total(self) -> int:
        """Number of sites."""
        return int(self._ends[-1]) if len(self._ends) else 0

    def locate(self, site: int) -> tuple[ProfiledLaunch, int, int]:
        """Site number in [0, total) -> launch, its linear thread, ordinal among the thread's sites."""
        if not 0 <= site < self.total:
            raise IndexError(f"site {site} of {self.total}")
        number = int(np.searchsorted(self._ends, site, side="right"))
        item = self._launches[number]
        inside = site - (int(self._ends[number - 1]) if number else 0)
        ends = self._thread_ends.get(number)
        if ends is None:
            ends = self._thread_ends[number] = np.cumsum(sites_per_thread(item, self.selection))
        thread = int(np.searchsorted(ends, inside, side="right"))
        return item, thread, inside - (int(ends[thread - 1]) if thread else 0)


_MODE_NUMBER = {mode: k for k, mode in enumerate(Mode)}


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
