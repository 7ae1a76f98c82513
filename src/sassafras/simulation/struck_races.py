"""Races that a fault makes: of kernels that are watched, the struck launch is watched again, with the fault.

Only where the fault can change which bytes threads touch, or when (`isa.reach`: by static data flow, an
address, a branch or a guard may depend on what is struck; an atomic may hand it to others), or where threads
store the same value without it: else the threads touch what they touch in the golden run, which has no race.
Of a kernel without atomics only the struck block is run: what the others touch is known, and whoever loads
what it should not is in a race with the block already.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.machine import machine_of
from sassafras.emulator.traps import Trap
from sassafras.emulator.watched import WatchedBlock
from sassafras.faults.model import Fault, Mode, TargetKind
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Program
from sassafras.isa.reach import reach
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.races import SAME_VALUE, Atomics, Touched, atomic_instructions, races_of
from sassafras.simulation.strike import strike_all
from sassafras.simulation.watch import Watch

NOBODY = frozenset[Location]()


def may_move(program: Program, fault: Fault) -> bool:
    """Whether a fault may change which bytes of memory are touched, or when."""
    target, pc = fault.target, frozenset({fault.pc})
    if target.kind is TargetKind.STORE_ADDRESS:
        return True
    if fault.draw.mode is Mode.RF:
        struck = frozenset({Location(File.REGISTERS, target.index)})
        return reach(program, frozenset(), False, struck, fault.pc).places
    wrong = NOBODY
    if target.kind is TargetKind.REGISTER_INDEX:
        wrong = frozenset({Location(File.REGISTERS, fault.corruption.apply(target.index))})
    return reach(program, pc, False, NOBODY, 0, wrong).places


def race_of(golden: GoldenRun, fault: Fault, points: dict[int, int], watchdog: int) -> str | None:
    """The race that a fault makes in its launch, in words; None: it makes none, or the kernel is bundled.
    ``points``: thread -> dynamic instruction at which it is struck. Memory stands before the launch, and does
    so again.
    """
    number = fault.site.launch
    planned = golden.plan[number]
    if not planned.spec.is_watched:
        return None
    program = planned.spec.code(golden.workload.architecture)
    if not _stores_alike(golden, number) and not may_move(program, fault):
        return None
    others = None
    if not atomic_instructions(program).any():
        others = golden.touched(number)
    return StruckWatch(golden, program, fault, points, watchdog).look(others)


def _stores_alike(golden: GoldenRun, number: int) -> bool:
    """Whether threads race without a fault, but store the same value."""
    return any(note.endswith(SAME_VALUE) for note in golden.notes[number])


class StruckWatch(Watch):
    """The struck launch, watched."""

    def __init__(
        self, golden: GoldenRun, program: Program, fault: Fault, points: dict[int, int], watchdog: int
    ) -> None:
        super().__init__(program, golden.plan[fault.site.launch].launch, golden.memory, strict=False)
        self._fault, self._points = fault, points
        self._watchdog = watchdog * fault.draw.longest

    def look(self, others: Touched | None) -> str | None:
        """The first race. ``others``: what all blocks touch in the golden run; None: they are run too."""
        struck = self._fault.site.block
        blocks = range(self._launch.blocks) if others is None else range(struck, struck + 1)
        ran: list[WatchedBlock] = []
        rows, atomics = [], Atomics()
        for number in blocks:
            block = WatchedBlock(self._machine, self._launch, self._memory, number, None)
            ran.append(block)
            rows.append(self._look_at(number, block.shared, self._strikes(block), atomics)[0])
            if block.trap is not None:
                break
        for block in reversed(ran):
            block.undo()
        if others is not None:
            met = (others.actor != struck) & np.isin(others.place, rows[0].place)
            rows.append(others.rows(met))
        for race in races_of(Touched.joined(rows), atomics):
            self._tell(race, blocks=race.actors)
        return self.race

    def _strikes(self, block: WatchedBlock) -> Iterator[NDArray[np.void]]:
        """What a block does from barrier to barrier; in the struck one the fault strikes."""
        pending = dict(self._points) if block.block == self._fault.site.block else {}
        again = True
        while again:
            start = len(block.accesses())
            strike_all(block, self._fault, pending, self._watchdog, self._memory.layout.base)
            if not pending:
                block.run(self._watchdog)
            yield block.accesses()[start:]
            again = block.trap is None and block.pass_barriers()


def run_on_faulty(golden: GoldenRun, number: int, watchdog: int) -> tuple[Trap | None, str | None]:
    """A launch of an observed kernel behind the struck one, on what memory holds now, in place: the trap that
    stops it, and the race that it makes. It is watched where what it loads may decide what it touches.
    """
    planned, seen = golden.plan[number], golden.observed[number]
    assert seen is not None
    program, limit = planned.spec.code(golden.workload.architecture), watchdog * seen.longest
    if _stores_alike(golden, number) or reach(program, frozenset(), True).places:
        watch = Watch(program, planned.launch, golden.memory, strict=False, limit=limit)
        watch.run()
        return watch.trap, watch.race
    return machine_of(program).run(planned.launch, golden.memory, limit=limit).trap, None
