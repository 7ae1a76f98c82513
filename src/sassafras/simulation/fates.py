"""What provably becomes of a flipped bit of a thread, from what its instructions make of it one by one.

The state of the thread differs from the golden one in that one bit alone, until an instruction reads it. That
instruction is issued with the bit flipped (`emulator.probed`). Behind it

* nothing differs: the flip is masked by logic, or it was never read before it was overwritten;
* the device traps: the flip ends so;
* one bit of the state differs, or one bit of what was stored: the flip is the same fault as that one;
* anything else: the flip is a fault of its own, and with it all that are the same as it.

So flips with the same `Fate` leave the same memory, trap or not. That is a proof, not an estimate: each step
says all that differs. Where a bit lives on beside its copy, it must be dead on every way from there
(`isa.liveness`), for the copy may lead the thread elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.emulator.machine import Machine
from sassafras.emulator.probed import Bit, Passed, ProbedBlock, StoredBit, Unclear
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Target, TargetKind
from sassafras.isa.liveness import live_locations
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Program, of_program

_BITS = {File.REGISTERS: 32, File.PREDICATES: 1, File.CODES: 4}
_FILES = {
    TargetKind.REGISTER: File.REGISTERS,
    TargetKind.PREDICATE: File.PREDICATES,
    TargetKind.CONDITION_CODE: File.CODES,
}


class Fate(NamedTuple):
    """``trap``: the device traps so. ``before``, ``what``: the same as this bit of the state before that
    dynamic instruction, or of what it stores. None of both: masked.
    """

    trap: TrapKind | None = None
    before: int = 0
    what: Bit | StoredBit | None = None

    @property
    def is_known(self) -> bool:
        """Whether it says how the launch ends."""
        return self.what is None


MASKED = Fate()


def why_unprovable(machine: Machine) -> str | None:
    """Why nothing is proven of the threads of a kernel, None if it can be."""
    program = machine.program
    if machine.warps:
        return "its warps run in lock step"
    if any(i.is_atomic for i in program.instructions):
        return "its threads meet by atomic operations"
    if any(i.effects.uniform_written for i in program.instructions):
        return "it has registers of the warp"
    return None


class ThreadFates:
    """The fates of bits of one thread. ``block``: it stands somewhere in the thread's golden run, and goes on
    as far as a fate is read from: the next one asked for must not begin before that.
    """

    def __init__(self, block: ProbedBlock, thread: int, trace: NDArray[np.uint32]) -> None:
        self._block, self._thread = block, thread
        self._program = block.machine.program
        self._pcs, self._executed = instruction_indexes(trace), executed_mask(trace)
        self._touches: dict[Location, NDArray[np.int64]] = {}

    def of_target(self, dynamic: int, target: Target, bit: int) -> Fate:
        """Of a bit of a result of dynamic instruction ``dynamic``, flipped behind it."""
        if target.kind is TargetKind.STORE_VALUE:
            return Fate(None, dynamic, StoredBit(target.index, bit))
        return self.of_bit(dynamic + 1, Bit(Location(_FILES[target.kind], target.index), bit))

    def of_bit(self, dynamic: int, flipped: Bit) -> Fate:
        """Of a bit of the state before dynamic instruction ``dynamic``."""
        while True:
            reader = self.reader(dynamic, flipped.place)
            if reader is None:
                return MASKED
            found = self._step(reader, flipped)
            if isinstance(found, Fate):
                return found
            dynamic, flipped = reader + 1, found

    def reader(self, dynamic: int, place: Location) -> int | None:
        """The first instruction from ``dynamic`` on that reads it, before any that overwrites it."""
        touches = self._of_place(place)
        next_one = int(np.searchsorted(touches, dynamic))
        if next_one == len(touches):
            return None
        at = int(touches[next_one])
        return at if _reads(self._program)[place][self._pcs[at]] else None

    def _of_place(self, place: Location) -> NDArray[np.int64]:
        """The instructions that read or overwrite a place. One that is not executed reads its guard alone."""
        if place not in self._touches:
            program, pcs = self._program, self._pcs
            either = _reads(program)[place] | _writes(program)[place]
            touched = (either[pcs] & self._executed) | _guards(program)[place][pcs]
            self._touches[place] = np.flatnonzero(touched)
        return self._touches[place]

    def _step(self, at: int, flipped: Bit) -> Fate | Bit:
        """What one instruction makes of a bit that it reads."""
        self._block.run_until(self._thread, at)
        issued = self._block.issue_with(self._thread, flipped)
        own = Fate(None, at, flipped)
        if isinstance(issued, TrapKind):
            return Fate(issued)
        if isinstance(issued, Unclear):
            return own
        return self._followed(at, flipped, issued) or own

    def _followed(self, at: int, flipped: Bit, issued: Passed) -> Fate | Bit | None:
        others = [bit for bit in issued.state if bit != flipped]
        stays = len(others) < len(issued.state)
        if not others and issued.stored is None:
            return flipped if stays else MASKED
        if stays and not self._is_dead_behind(at, flipped.place):
            return None
        if issued.stored is not None:
            return None if others else Fate(None, at, issued.stored)
        return others[0] if len(others) == 1 else None

    def _is_dead_behind(self, at: int, place: Location) -> bool:
        """Whether no way from behind an instruction reads it before it is overwritten."""
        if at + 1 == len(self._pcs):
            return True
        return place not in _live(self._program)[self._pcs[at + 1]]


class AllFates(ThreadFates):
    """The fates of all bits of one thread: every instruction is asked once, in order, of every bit that it
    reads. The block stands before the thread's first instruction.
    """

    def __init__(self, block: ProbedBlock, thread: int, trace: NDArray[np.uint32]) -> None:
        super().__init__(block, thread, trace)
        self._steps: dict[tuple[int, Bit], Fate | Bit] = {}
        self._fates: dict[tuple[int, Bit], Fate] = {}
        for at, (pc, executed) in enumerate(zip(self._pcs.tolist(), self._executed.tolist(), strict=True)):
            effects = self._program.instructions[pc].effects
            for place in effects.reads if executed else effects.guarded_by:
                for bit in range(_BITS[place.file]):
                    self._steps[at, Bit(place, bit)] = super()._step(at, Bit(place, bit))

    def _step(self, at: int, flipped: Bit) -> Fate | Bit:
        return self._steps[at, flipped]

    def of_bit(self, dynamic: int, flipped: Bit) -> Fate:
        """As of one bit; remembered for the next that comes to the same."""
        reader = self.reader(dynamic, flipped.place)
        if reader is None:
            return MASKED
        if (reader, flipped) not in self._fates:
            self._fates[reader, flipped] = super().of_bit(reader, flipped)
        return self._fates[reader, flipped]


class _Uses(dict[Location, NDArray[np.bool_]]):
    """Which instructions use a place, bool (instructions,); none, of a place that is not named."""

    def __init__(self, uses: list[frozenset[Location]]) -> None:
        self._count = len(uses)
        for index, places in enumerate(uses):
            for place in places:
                self[place][index] = True

    def __missing__(self, place: Location) -> NDArray[np.bool_]:
        self[place] = np.zeros(self._count, bool)
        return self[place]


@of_program
def _reads(program: Program) -> _Uses:
    return _Uses([i.effects.reads for i in program.instructions])


@of_program
def _writes(program: Program) -> _Uses:
    return _Uses([i.effects.writes for i in program.instructions])


@of_program
def _guards(program: Program) -> _Uses:
    return _Uses([i.effects.guarded_by for i in program.instructions])


@of_program
def _live(program: Program) -> tuple[frozenset[Location], ...]:
    return live_locations(program)
