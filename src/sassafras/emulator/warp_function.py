"""A lane of a warp that runs in lock step: a thread that comes back at every *meeting point*, where its warp
decides anew who goes on (`warp_drivers`).

Meeting points are memory accesses, instructions that need other lanes, and whatever leads elsewhere or moves
the call/sync stack. Between two of them a lane only computes: nobody can tell whether the others have.

An instruction that needs other lanes has two phases. Each lane that carries it out gives its word and comes
back; when all have, each goes on with what it takes from them. It counts as issued in the second phase.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from sassafras.building import POINTER
from sassafras.emulator.armed_function import ArmedFunction
from sassafras.emulator.brought import Brought
from sassafras.emulator.convergence import GATHERING
from sassafras.emulator.counters import BlockCounters
from sassafras.emulator.layout import CONTEXT, STATE, Status, Turn, offset_of
from sassafras.emulator.ports import I8, I32, I64
from sassafras.emulator.semantics.warp import code_of
from sassafras.emulator.storage import Storage, state_pointer
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Convergence, Flow, Space
from sassafras.isa.locations import File
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BarrierReduction,
)
from sassafras.isa.operands import RZ, ConvergenceBarrier
from sassafras.isa.program import Instruction, Program


def is_meeting_point(instruction: Instruction) -> bool:
    """Whether the lanes of a warp are looked at before it."""
    leads = instruction.flow is not Flow.NEXT
    meets = instruction.cross_lane or instruction.record.convergence is not None
    return leads or meets or instruction.access is not None


def _gives(instruction: Instruction) -> bool:
    """Whether the lanes that carry it out give a word first."""
    return instruction.cross_lane or instruction.record.convergence is Convergence.PART


class WarpFunction(ArmedFunction):
    """The armed form of a lane."""

    def enter(self) -> None:
        """Go to where the lane stands: behind the stop of a meeting point."""
        self._behind_stop = {
            i.index: self.function.append_basic_block(f"r{i.index}")
            for i in self.program.instructions
            if is_meeting_point(i)
        }
        wrong = self.function.append_basic_block("nowhere")
        table = self.b.switch(self._state_value("pc", I32), wrong)
        for index in self.entries():
            table.add_case(I32(index), self._behind_stop.get(index, self._blocks[index]))
        self.b.position_at_end(wrong)
        self.b.ret(I32(TrapKind.INVALID_PC))

    def entries(self) -> list[int]:
        """Where a lane may stand: anywhere."""
        return list(self._blocks)

    def arrive_at(self, instruction: Instruction) -> None:
        """Come back before a meeting point."""
        behind = self._behind_stop.get(instruction.index)
        if behind is not None:
            if instruction.record.convergence is Convergence.MEET:
                self._wait_for_others(instruction)
            self.leave(Status.MET, pc=instruction.index)
            self.b.position_at_end(behind)

    def _wait_for_others(self, instruction: Instruction) -> None:
        """Note where the lane waits, unless its guard keeps it from that."""
        barrier = next(
            (o.index for o in instruction.operands if isinstance(o, ConvergenceBarrier)), GATHERING
        )
        asked = instruction.guard is None or self.ports.predicate(instruction.guard)
        if barrier == GATHERING:
            given = self.ports.integer(instruction.operands[0]) if instruction.operands else I32(0xFFFFFFFF)
            self.b.store(given, self.state_field("convergence", 4 * GATHERING))
        here = I32(barrier + 1) if asked is True else self.b.select(asked, I32(barrier + 1), I32(0))
        self.b.store(here, self.state_field("waiting"))

    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """As an armed thread; a lane that has yet to give its word does that instead of being counted."""
        self.stand(instruction)
        if _gives(instruction):
            ready = self.b.icmp_signed("==", self._state_value("turn", I32), I32(Turn.READY))
            self._giving = self.function.append_basic_block("give")
            onward = self.function.append_basic_block("on")
            self.b.cbranch(self.b.and_(guard, self.b.not_(ready)), self._giving, onward)
            self.b.position_at_end(onward)
            self.b.store(I32(Turn.CHOSEN), self.state_field("turn"))
        self.issue(instruction, guard)

    # Build: other lanes ----------------------------------------------------------------------------------

    def give(self, word: Callable[[], ir.Value]) -> None:
        """In the first phase."""
        self._first_phase(lambda: self.b.store(word(), self.state_field("given")))

    def bring(self, words: Callable[[], Sequence[ir.Value]]) -> None:
        """In the first phase, too."""

        def store() -> None:
            for k, word in enumerate(words()):
                self.b.store(word, self.state_field("brought", 4 * k))

        self._first_phase(store)

    def _first_phase(self, store: Callable[[], object]) -> None:
        onward = self.b.block
        self.b.position_at_end(self._giving)
        store()
        self.b.store(I32(Turn.GIVEN), self.state_field("turn"))
        self.b.ret(I32(Status.GAVE))
        self.b.position_at_end(onward)

    def brought(self) -> Brought:
        """In the states of the warp's lanes, which lie side by side."""
        lane = self._state_value("lane", I32)
        back = self.b.mul(self.b.sext(self.b.neg(lane), I64), I64(STATE.itemsize))
        first = self.b.gep(self.state_field("brought"), [back], source_etype=I8)
        return Brought(first, self._state_value("active", I32), lane)

    def given_by(self, lane: ir.Value, register: int) -> ir.Value:
        """From the state of that lane: all states of a block lie side by side."""
        own = self._state_value("lane", I32)
        exists = self.b.icmp_unsigned("<", lane, self._state_value("lanes", I32))
        away = self.b.sub(self.b.select(exists, lane, own), own)
        start = self.b.mul(self.b.sext(away, I64), I64(STATE.itemsize))
        other = self.b.gep(self.state, [start], source_etype=I8)
        given = self.b.load(state_pointer(self.b, other, offset_of(STATE, "given")), typ=I32)
        held: ir.Value = I32(0)
        if register != RZ:
            place = offset_of(STATE, File.REGISTERS) + 4 * register
            held = self.b.load(state_pointer(self.b, other, place), typ=I32)
        bit = self.b.lshr(self._state_value("active", I32), self.b.and_(lane, I32(31)))
        is_here = self.b.icmp_unsigned("!=", self.b.and_(bit, I32(1)), I32(0))
        return self.b.select(exists, self.b.select(is_here, given, held), I32(0))

    def votes(self) -> tuple[ir.Value, ir.Value]:
        """As the warp has counted them."""
        return self._state_value("active", I32), self._state_value("votes", I32)

    def part(self, barrier: int) -> None:
        """As the warp has found them."""
        self.give(lambda: I32(0))
        self.b.store(self._state_value("active", I32), self.state_field("convergence", 4 * barrier))

    def leave_barrier(self, barrier: int, condition: ir.Value | None) -> None:
        """In the lane's own copy, at which the others look."""
        place = self.state_field("convergence", 4 * barrier)
        kept = I32(0)
        if condition is not None:
            kept = self.b.select(condition, I32(0), self.b.load(place, typ=I32))
        self.b.store(kept, place)

    def save_barrier(self, barrier: int) -> ir.Value:
        """Out of the lane's own copy, which is cleared and counted as saved."""
        place = self.state_field("convergence", 4 * barrier)
        held = self.b.load(place, typ=I32)
        self.b.store(I32(0), place)
        self._count_saved(barrier, 1)
        return held

    def restore_barrier(self, barrier: int, held: ir.Value) -> None:
        """Into the lane's own copy."""
        self.b.store(held, self.state_field("convergence", 4 * barrier))
        self._count_saved(barrier, -1)

    def fill_barrier(self, barrier: int, mask: int) -> None:
        """The lane's own copy."""
        self.b.store(I32(mask), self.state_field("convergence", 4 * barrier))

    def move_barrier(self, barrier: int, source: int) -> None:
        """Between the lane's own copies."""
        place = self.state_field("convergence", 4 * source)
        self.b.store(self.b.load(place, typ=I32), self.state_field("convergence", 4 * barrier))
        self.b.store(I32(0), place)

    def _count_saved(self, barrier: int, more: int) -> None:
        place = self.state_field("saved", barrier)
        self.b.store(self.b.add(self.b.load(place, typ=I8), I8(more)), place)

    def _is_leader(self) -> ir.Value:
        """Whether no lower lane is at this instruction."""
        active = self._state_value("active", I32)
        lowest = self.b.and_(active, self.b.neg(active))
        own = self.b.shl(I32(1), self._state_value("lane", I32))
        return self.b.icmp_unsigned("==", lowest, own)

    def arrive(self, number: ir.Value) -> None:
        """A warp counts as 32 threads, however many of its lanes come."""
        start = state_pointer(self.b, self.context, offset_of(CONTEXT, "arrived"))
        place = self.b.gep(start, [number], source_etype=I32)
        there = self.b.load(place, typ=I32)
        self.b.store(self.b.select(self._is_leader(), self.b.add(there, I32(32)), there), place)

    def wait(self, number: ir.Value, threads: ir.Value, reduction: BarrierReduction | None) -> None:
        """Note where, and come back."""
        self.b.store(number, self.state_field("barrier"))
        self.b.store(threads, self.state_field("expected"))
        self.b.store(I32(code_of(reduction)), self.state_field("reduction"))
        super().barrier()

    def barrier(self) -> None:
        """Barrier 0, all threads of the block."""
        self.wait(I32(0), I32(0), None)

    def barrier_result(self) -> ir.Value:
        """Kept in the state."""
        return self._state_value("result", I32)


class WatchingFunction(WarpFunction):
    """A lane whose loads from shared memory are logged too."""

    shared_loads = True


class PlainWarpFunction(WarpFunction):
    """The plain or profiling form of a lane: nothing is logged or traced, and it stops at meeting points
    only.
    """

    def __init__(self, program: Program, *, profiling: bool = False) -> None:
        self._profiling = profiling
        self.counted = BlockCounters(program)
        super().__init__(program)

    def make_storage(self) -> Storage:
        """The state itself."""
        self._counters = self._state_value("counters", POINTER)
        return super().make_storage()

    def entries(self) -> list[int]:
        """The first instruction, meeting points, and what is behind a barrier."""
        behind = {i.index + 1 for i in self.program.instructions if i.flow is Flow.BARRIER}
        return sorted(({0} | behind | self._behind_stop.keys()) & self._blocks.keys())

    def stand(self, instruction: Instruction) -> None:
        """Hang at the limit."""
        count = self._state_value("count", I64)
        self.trap_if(self.b.icmp_signed(">=", count, self._limit), TrapKind.HANG)

    def issue(self, instruction: Instruction, guard: ir.Value) -> None:  # as in the armed form
        """Count."""
        self.b.store(self.b.add(self._state_value("count", I64), I64(1)), self.state_field("count"))
        if self._profiling and instruction.index in self.counted.of_block:
            self.counted.bump(self.b, self._counters, self.counted.of_block[instruction.index])

    def executed(self, instruction: Instruction) -> None:
        """Count a guarded instruction whose guard held."""
        if self._profiling:
            self.counted.bump(self.b, self._counters, self.counted.of_guarded[instruction.index])

    def logged(self, space: Space, pointer: ir.Value, offset: ir.Value, nbytes: int, *, store: bool) -> None:
        """Nothing is logged."""
