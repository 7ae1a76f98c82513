"""The wide form of a program, plain or profiling: `thread` of a warp."""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import I32, I64, POINTER
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.control import WarpControl
from sassafras.emulator.vector.lanes import WARP, Shape, Wide
from sassafras.emulator.vector.memory import WarpMemory
from sassafras.emulator.vector.scheduling import at, wide_load, wide_store
from sassafras.isa.program import Instruction, Program


class WarpFunction(WarpControl, WarpMemory):
    """Emits it. With ``profiling`` every block and every guarded instruction counts itself, in each lane."""

    def __init__(self, program: Program, shape: Shape, *, profiling: bool = False) -> None:
        self._profiling = profiling
        super().__init__(program, shape)
        guarded = [i.index for i in program.instructions if i.guard is not None]
        sizes = self.facts.sizes
        self._counter_of_block = {start: k for k, start in enumerate(sizes)}
        self._counter_of_guarded = {index: len(sizes) + k for k, index in enumerate(guarded)}
        self._counters = self.b.load(at(self.b, self.state, "counters"), typ=POINTER)

    @property
    def counters(self) -> int:
        """Counters of a lane."""
        return len(self._counter_of_block) + len(self._counter_of_guarded)

    def _emit_instruction(self, instruction: Instruction) -> None:
        index = instruction.index
        self.b.position_at_end(self._blocks.get(index, self._next))
        following = self._blocks.get(index + 1)
        if following is not None:
            self._next = following
        elif index + 1 == len(self.program.instructions):
            self._next = self.block("behind")
        else:
            self._next = self.block(f"n{index + 1}")
        self.ports.at = instruction
        function = self.meaning_of(instruction)
        if function is None:
            raise self.ports.refuse(f"opcode {instruction.opcode} has no meaning yet")
        self.before(instruction, None)
        if instruction.is_guarded:
            assert instruction.guard is not None
            self.b.guard = self.ports.predicate(instruction.guard)
        if self._profiling and instruction.guard is not None:
            self._bump(self._counter_of_guarded[index], self.lanes_of(None))
        function(self.ports, instruction)
        self.b.guard = None
        if not self.b.block.is_terminated:
            self.b.branch(self._next)

    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """At the start of a block: meet, count, and leave a lane that may hang to the scalar build."""
        size = self.facts.sizes.get(instruction.index)
        if size is None:
            return
        self.forget_patterns()
        if instruction.index in self.facts.joins:
            self.meet(instruction.index)
        running = self.b.add(self.b.load(self.running, typ=I64), I64(size))
        self.b.store(running, self.running)
        self.redo_if(self.b.icmp_signed(">", running, self.b.load(self.room, typ=I64)))
        if self._profiling:
            self._bump(self._counter_of_block[instruction.index], self.active())

    def _bump(self, counter: int, lanes: ir.Value) -> None:
        b = self.b
        place = state_pointer(b, self._counters, 4 * WARP * counter)
        old = wide_load(b, place, I32)
        one: Wide = b.zext(b.truths(lanes), I32)
        wide_store(b, b.add(old, one), place)
