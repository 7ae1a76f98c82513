"""Faulty states of a workload of which nobody knows beforehand what its launches touch (`Kernel.observed`).

A state is all bytes that differ. A launch whose golden run loads none of them does what it did: it is not
run, and what it stores is golden again. Any other is emulated on the whole faulty memory, with all that can
come of it: other addresses, traps, a hang. So no byte may be dropped because no *golden* launch reads it,
unless all of them: then nothing to come changes any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.traps import Trap
from sassafras.simulation.entrance import part_of
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Bytes
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import graver, read_notice
from sassafras.simulation.regions import Intervals, inside
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.struck_races import run_on_faulty
from sassafras.workload.launches import PlannedLaunch


@dataclass(eq=False)
class _State:
    id: int
    difference: Difference
    alarm: Outcome | None
    corrupted: dict[int, int] = field(default_factory=dict)
    race: str | None = None


class OpenWave:
    """The states of one input; otherwise as `simulation.wave.Wave`. ``watchdog``: as in `Rules`."""

    def __init__(self, golden: GoldenRun, watchdog: int) -> None:
        self._golden = golden
        self._watchdog = watchdog
        self._states: dict[_State, None] = {}
        self.finished: dict[int, Propagation] = {}

    def enter(self, number: int, fault: int, difference: Difference, alarm: Outcome | None = None) -> None:
        """Take the state that ``difference`` makes behind launch ``number``; ``alarm``: raised by it."""
        self._settle(_State(fault, difference, alarm), number)

    def enter_before(self, number: int, fault: int, difference: Difference) -> None:
        """Take the state that ``difference`` makes before launch ``number``: of bytes that are still read."""
        del number
        self._states[_State(fault, difference, None)] = None

    def advance(self, number: int) -> None:
        """Take every state through launch ``number``."""
        launch = self._golden.plan[number]
        for state in list(self._states):
            trap = None
            if self._loads(number, state.difference):
                trap = self._run(launch, state)
            else:
                stored = self._stores(number, state.difference.offsets)
                state.difference = part_of(state.difference, ~stored)
            if trap is None:
                self._settle(state, number)
            else:
                self._finish(state, Propagation(self._golden.result, None, {}, state.alarm, trap))

    # a launch -----------------------------------------------------------------------------------------

    def _loads(self, number: int, difference: Difference) -> bool:
        """Whether the golden launch loads any of the bytes."""
        seen, offsets = self._golden.observed[number], difference.offsets
        found = inside(offsets, self._golden.reads[number]) if seen is None else seen.loads.has(offsets)
        return bool(found.any())

    def _stores(self, number: int, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        seen = self._golden.observed[number]
        return inside(offsets, self._golden.writes[number]) if seen is None else seen.stores.has(offsets)

    def _run(self, launch: PlannedLaunch, state: _State) -> Trap | None:
        """Emulate a launch on the memory of a state, which is then what is left."""
        golden, number = self._golden, launch.index
        golden.around(number)
        golden.memory.data[state.difference.offsets] = state.difference.contents
        if golden.observed[number] is None:
            golden.run_whole(launch)
        else:
            trap, race = run_on_faulty(golden, number, self._watchdog)
            state.race = state.race or race
            if trap is not None:
                golden.put_whole(number)
                return trap
        notice = read_notice(Difference(*golden.take_back(number)), golden.workload)
        state.difference, state.alarm = notice.difference, graver(state.alarm, notice.alarm)
        return None

    # settling -----------------------------------------------------------------------------------------

    def _settle(self, state: _State, number: int) -> None:
        """A state goes on, has ended, or leaves: nothing that is still read differs."""
        golden = self._golden
        part = golden.plan[number].part
        if golden.finished_by.get(part) == number:
            if count := self._differing(part, state.difference.offsets):
                state.corrupted[part] = count
            else:
                state.corrupted.pop(part, None)
        if not self._live[number].has(state.difference.offsets).any():
            self._finish(state, Propagation(golden.result, part, state.corrupted, state.alarm))
        elif number == len(golden.plan) - 1:
            self._finish(state, self._arrived(state))
        else:
            self._states[state] = None

    def _finish(self, state: _State, found: Propagation) -> None:
        self._states.pop(state, None)
        self.finished[state.id] = replace(found, race=state.race)

    def _differing(self, part: int, offsets: NDArray[np.int64]) -> int:
        """Values of a part's result that differ."""
        start, end = self._golden.output_of(part)
        here = offsets[(offsets >= start) & (offsets < end)] - start
        return len(np.unique(here // self._golden.workload.parts[part].output.dtype.itemsize))

    def _arrived(self, state: _State) -> Propagation:
        golden, difference = self._golden, state.difference
        result = golden.result.copy()
        for output in golden.workload.outputs:
            start = golden.workload.region(output).address - golden.memory.layout.base
            here = (difference.offsets >= start) & (difference.offsets < start + output.nbytes)
            places = difference.offsets[here] - start + result.start(output.name)
            result.raw[places] = difference.contents[here]
        return Propagation(result, None, state.corrupted, state.alarm)

    @cached_property
    def _live(self) -> list[Bytes]:
        return live_bytes(self._golden)


def live_bytes(golden: GoldenRun) -> list[Bytes]:
    """Behind each launch, the bytes that golden launches to come load before they store them, and the outputs
    at the end.
    """
    nbytes, base = golden.memory.layout.nbytes, golden.memory.layout.base
    regions = map(golden.workload.region, golden.workload.outputs)
    live = _bits(tuple((r.address - base, r.end - base) for r in regions), nbytes)
    found = []
    for number in reversed(range(len(golden.plan))):
        found.append(Bytes(live, ()))
        seen = golden.observed[number]
        loads = _bits(golden.reads[number], nbytes) if seen is None else seen.loads.bits
        stores = _bits(golden.writes[number], nbytes) if seen is None else seen.stores.bits
        live = live & ~stores | loads
    return found[::-1]


def _bits(intervals: Intervals, nbytes: int) -> NDArray[np.uint8]:
    mask = np.zeros(nbytes, bool)
    for start, end in intervals:
        mask[start:end] = True
    return np.packbits(mask)
