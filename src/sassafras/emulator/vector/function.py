"""The wide form of a program, plain or profiling: `thread` of a warp."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from llvmlite import ir

from sassafras.building import I8, I32, I64, POINTER
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.barriers import WarpBarriers
from sassafras.emulator.vector.facts import ends_block, is_for_some, meets
from sassafras.emulator.vector.lanes import Shape, Wide
from sassafras.emulator.vector.memory import WarpMemory
from sassafras.emulator.vector.rows import Rows
from sassafras.emulator.vector.scheduling import at, wide_load, wide_store
from sassafras.isa.kinds import Flow
from sassafras.isa.locations import Location
from sassafras.isa.program import Instruction, Program
from sassafras.isa.slicing import Slice


class WarpFunction(WarpBarriers, WarpMemory):
    """Emits it. With ``profiling`` every block and every guarded instruction counts itself, in each lane."""

    def __init__(
        self, program: Program, shape: Shape, *, profiling: bool = False, chosen: Slice | None = None
    ) -> None:
        """``chosen``: only this is carried out (None: everything)."""
        self._profiling = profiling
        self._chosen = chosen
        super().__init__(program, shape)
        guarded = [i.index for i in program.instructions if i.guard is not None]
        sizes = self.facts.sizes
        self._counter_of_block = {start: k for k, start in enumerate(sizes)}
        self._counter_of_guarded = {index: len(sizes) + k for k, index in enumerate(guarded)}
        self._counters = self.b.load(at(self.b, self.state, "counters"), typ=POINTER)

    @property
    def rows(self) -> Rows:
        """Where a warp counts."""
        return Rows(len(self._counter_of_block) + len(self._counter_of_guarded))

    def counters_of(self, places: list[int]) -> list[int]:
        """Places are instructions, of which one counts: the first ones, block starts of the scalar build, how
        often they are issued; the others, guarded ones, how often they are executed.
        """
        guarded = len(self._counter_of_guarded)
        starts = sorted(self._counter_of_block)
        blocks = [
            self._counter_of_block[starts[bisect_right(starts, at) - 1]] for at in places[: -guarded or None]
        ]
        return blocks + [self._counter_of_guarded[at] for at in places[len(blocks) :]]

    def _emit_instruction(self, instruction: Instruction) -> None:
        """A whole block, at its first instruction."""
        size = self.facts.sizes.get(instruction.index)
        if size is None:
            return
        index = instruction.index
        block = [one for one in self.program.instructions[index : index + size] if self._carries_out(one)]
        self.b.position_at_end(self._blocks[index])
        self._next = self._blocks.get(index + size) or self.block("behind")
        self.before(instruction, None)
        leads = bool(block) and (block[-1].flow is not Flow.NEXT or ends_block(block[-1]))
        tail = self.block("tail") if leads else self._next
        inner = block if tail is self._next else block[:-1]
        if self.worth_guessing(inner):
            self._emit_twice(inner)
        else:
            for one in inner:
                self._emit(one)
        self.b.branch(tail)
        if tail is not self._next:
            self.b.position_at_end(tail)
            self._emit(block[-1])
            if not self.b.block.is_terminated:
                self.b.branch(self._next)

    def _carries_out(self, instruction: Instruction) -> bool:
        if self._chosen is None or instruction.index in self._chosen.instructions:
            return True
        return instruction.record.convergence is not None and not is_for_some(instruction)

    def remembered_behind(self, barrier: int) -> frozenset[Location]:
        """What lanes that wait at a barrier must put into the warp's memory."""
        found = self.facts.remembered_behind(barrier)
        return found if self._chosen is None else found & self._chosen.kept

    def _emit_twice(self, block: Sequence[Instruction]) -> None:
        """With guesses; and, from each place on where one may prove wrong, without."""
        slow: dict[int, ir.Block] = {}
        self.guessing = True
        for one in block:
            self.ports.at = one
            self.prove(one, lambda at=one.index: slow.setdefault(at, self.block(f"slow{at}")))  # type: ignore[misc]
            self._emit(one)
        self.guessing, self.mistaken = False, True
        done = self.block("done")
        self.b.branch(done)
        self.forget_patterns()
        self.b.forget_raw()
        for one in (i for i in block if slow and i.index >= min(slow)):
            entry = slow.get(one.index)
            if entry is not None:
                if not self.b.block.is_terminated:
                    self.b.branch(entry)
                self.b.position_at_end(entry)
                self.forget_patterns()
                self.b.forget_raw()
            self._emit(one)
        if slow:
            self.b.branch(done)
        self.mistaken = False
        self.b.forget_raw()
        self.b.position_at_end(done)

    def _emit(self, instruction: Instruction) -> None:
        self.ports.at = instruction
        function = self.meaning_of(instruction)
        if function is None:
            raise self.ports.refuse(f"opcode {instruction.opcode} has no meaning yet")
        if instruction.is_guarded:
            assert instruction.guard is not None
            self.b.guard = self.ports.predicate(instruction.guard)
        if self._profiling and instruction.guard is not None:
            self._bump(self._counter_of_guarded[instruction.index], self.lanes_of(None))
        function(self.ports, instruction)
        if meets(instruction):
            self.meet_at(instruction)
        self.b.guard = None

    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """At the start of a block: meet, count, and leave a lane that may hang to the scalar build."""
        size = self.facts.sizes.get(instruction.index)
        if size is None:
            return
        self.forget_patterns()
        self.b.forget_raw()
        if instruction.index in self.facts.joins:
            self.meet(instruction.index)
        running = self.b.add(self.b.load(self.running, typ=I64), I64(size))
        self.b.store(running, self.running)
        self.redo_if(self.b.icmp_signed(">", running, self.b.load(self.room, typ=I64)))
        if self._profiling:
            self._bump(self._counter_of_block[instruction.index], self.active())

    def _bump(self, counter: int, lanes: ir.Value) -> None:
        """In one word where all lanes of the warp are counted, else in one of each lane."""
        b, rows = self.b, self.rows
        apart, counted = self.block("apart"), self.block("counted")
        whole = b.icmp_unsigned("==", lanes, b.load(at(b, self.state, "whole"), typ=I32))
        together = self.block("together")
        b.cbranch(whole, together, apart).set_weights([100, 1])
        b.position_at_end(together)
        place = state_pointer(b, self._counters, rows.together(counter))
        b.store(b.add(b.load(place, typ=I32), I32(1)), place)
        b.branch(counted)
        b.position_at_end(apart)
        b.store(I8(1), state_pointer(b, self._counters, rows.parted(counter)), align=1)
        place = state_pointer(b, self._counters, rows.apart(counter))
        one: Wide = b.zext(b.truths(lanes), I32)
        wide_store(b, b.add(wide_load(b, place, I32), one), place)
        b.branch(counted)
        b.position_at_end(counted)
