"""Races that a fault makes: of kernels that are watched, the struck launch is watched again, with the fault.

Only where the fault can change which bytes threads touch, or when (`isa.deciding`: by static data flow, an
address, a branch or a guard may depend on what is struck; an atomic may hand it to others), or where threads
store the same value without it: else the threads touch what they touch in the golden run, which has no race.
Of a kernel without atomics only the struck block is run: what the others touch is known, and whoever loads
what it should not is in a race with the block already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import places_of
from sassafras.emulator.machine import machine_of
from sassafras.emulator.traps import Trap
from sassafras.emulator.watched import WatchedBlock
from sassafras.faults.model import Fault, Mode, TargetKind
from sassafras.isa.deciding import deciding
from sassafras.isa.kinds import Space
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Program
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.races import SAME_VALUE, Atomics, Touched, atomic_instructions, races_of
from sassafras.simulation.strike import strike_all
from sassafras.simulation.watch import MOST, Watch


def may_move(program: Program, fault: Fault) -> bool:
    """Whether a fault may change which bytes of memory are touched, or when."""
    target, known = fault.target, deciding(program)
    behind = known.behind[fault.pc]
    match target.kind:
        case TargetKind.REGISTER:
            before = fault.draw.mode is Mode.RF
            struck = known.before[fault.pc] if before else behind
            return Location(File.REGISTERS, target.index) in struck
        case TargetKind.PREDICATE:
            return Location(File.PREDICATES, target.index) in behind
        case TargetKind.CONDITION_CODE:
            return Location(File.CODES, 0) in behind
        case TargetKind.REGISTER_INDEX:
            both = (target.index, fault.corruption.apply(target.index))
            return any(Location(File.REGISTERS, number) in behind for number in both)
        case TargetKind.UNIFORM_REGISTER:
            return Location(File.UNIFORM, target.index) in behind
        case TargetKind.UNIFORM_PREDICATE:
            return Location(File.UNIFORM_PREDICATES, target.index) in behind
        case TargetKind.UNIFORM_INDEX:
            both = (target.index, fault.corruption.apply(target.index))
            return any(Location(File.UNIFORM, number) in behind for number in both)
        case TargetKind.STORE_VALUE:
            access = program.instructions[fault.pc].access
            return access is not None and not known.spaces.isdisjoint(access.space.pointed_at)
        case TargetKind.STORE_ADDRESS | TargetKind.MEMORY:
            return True
        case _:
            assert_never(target.kind)


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
    alike = _stores_alike(golden, number)
    if not alike and not may_move(program, fault):
        return None
    watch = StruckWatch(golden, program, fault, points, watchdog)
    if atomic_instructions(program).any():
        watch.look_at_all()
    else:
        known = None if alike else golden.places(number, fault.site.block)
        watch.look(known, lambda: golden.touched(number))
    return watch.race


def _stores_alike(golden: GoldenRun, number: int) -> bool:
    """Whether threads race without a fault, but store the same value."""
    return any(note.endswith(SAME_VALUE) for note in golden.notes[number])


_Places = list[NDArray[np.uint64]]
_Run = Callable[[int, _Places | None, Atomics], tuple[tuple[Touched, int], Trap | None]]


class StruckWatch(Watch):
    """The struck launch, watched."""

    def __init__(
        self, golden: GoldenRun, program: Program, fault: Fault, points: dict[int, int], watchdog: int
    ) -> None:
        super().__init__(program, golden.plan[fault.site.launch].launch, golden.memory, strict=False)
        self._fault, self._points = fault, points
        self._watchdog = watchdog * fault.draw.longest

    def look(self, known: _Places | None, others: Callable[[], Touched]) -> None:
        """Run the struck block. ``known``: what it touches between barriers without the fault; None: all that
        it does is looked at. ``others``: says what all blocks touch without it.
        """
        struck, atomics = self._fault.site.block, Atomics()
        with self._put_back() as run:
            (touched, _), _ = run(struck, known, atomics)
        if len(touched):
            found = others()
            met = (found.actor != struck) & np.isin(found.place, touched.place)
            self._tell_all(Touched.joined([touched, found.rows(met)]), atomics)

    def look_at_all(self) -> None:
        """Run all blocks, as far as a fault-free launch is watched."""
        rows, atomics, count = [], Atomics(), 0
        with self._put_back() as run:
            for number in range(self._launch.blocks):
                (touched, seen), trap = run(number, None, atomics)
                rows.append(touched)
                count += seen
                if trap is not None or count > MOST:
                    break
        self._tell_all(Touched.joined(rows), atomics)

    def _tell_all(self, touched: Touched, atomics: Atomics) -> None:
        for race in races_of(touched, atomics):
            self._tell(race, blocks=race.actors)

    @contextmanager
    def _put_back(self) -> Iterator[_Run]:
        """A function that runs a block; behind it memory is put back."""
        ran: list[WatchedBlock] = []

        def run(
            number: int, known: _Places | None, atomics: Atomics
        ) -> tuple[tuple[Touched, int], Trap | None]:
            block = WatchedBlock(self._machine, self._launch, self._memory, number, None)
            ran.append(block)
            return self._look_at(number, block.shared, self._strikes(block, known), atomics), block.trap

        try:
            yield run
        finally:
            for block in reversed(ran):
                block.undo()

    def _strikes(self, block: WatchedBlock, known: _Places | None) -> Iterator[NDArray[np.void]]:
        """What a block does from barrier to barrier; in the struck one the fault strikes. ``known``: what it
        touches without the fault: where it does the same, nothing is to be seen.
        """
        pending = dict(self._points) if block.block == self._fault.site.block else {}
        base = self._memory.layout.base

        def struck() -> bool:
            strike_all(block, self._fault, pending, self._watchdog, base)
            return not pending

        for number, log in enumerate(block.intervals(self._watchdog, struck)):
            if known is None or not _is_as(log, known, number, cut=block.trap is not None):
                yield log


def _is_as(log: NDArray[np.void], known: _Places, number: int, *, cut: bool) -> bool:
    """Whether an interval touches what it touches without the fault; ``cut``: as far as it went."""
    if number >= len(known):
        return len(log) == 0
    length = len(log) if cut else len(known[number])
    return len(log) == length <= len(known[number]) and np.array_equal(places_of(log), known[number][:length])


def run_on_faulty(golden: GoldenRun, number: int, watchdog: int) -> tuple[Trap | None, str | None]:
    """A launch of an observed kernel behind the struck one, on what memory holds now, in place: the trap that
    stops it, and the race that it makes. It is watched where what it loads may decide what it touches.
    """
    planned, seen = golden.plan[number], golden.observed[number]
    assert seen is not None
    program, limit = planned.spec.code(golden.workload.architecture), watchdog * seen.longest
    if _stores_alike(golden, number) or Space.GLOBAL in deciding(program).spaces:
        watch = Watch(program, planned.launch, golden.memory, strict=False, limit=limit)
        watch.run()
        return watch.trap, watch.race
    return machine_of(program).run(planned.launch, golden.memory, limit=limit).trap, None
