"""Convergence barriers of a warp whose lanes cannot tell when they meet (from Volta on).

Nothing that a lane computes depends on them; how many lanes go on together does. Lanes at or behind BSSY and
before BSYNC are that much deeper, and the deepest go first: so whoever has come through BSYNC waits for the
others. What the call/sync stack is on Maxwell, the word of barriers that are waited at is here: lanes go on
together if theirs are alike.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import I32
from sassafras.emulator.vector.builder import Value
from sassafras.emulator.vector.control import WarpControl
from sassafras.isa.operands import ConvergenceBarrier
from sassafras.isa.program import Instruction


class WarpBarriers(WarpControl):
    """The part of the build that says how deep lanes are."""

    def part(self, barrier: int) -> None:
        """The active lanes will be waited for."""
        self.narrow()
        self._now_at(self.b.or_(self.b.load(self.node, typ=I32), I32(1 << barrier)))

    def leave_barrier(self, barrier: int, condition: Value | None) -> None:
        """Not any more, or some of them not."""
        self.narrow(condition)
        self._now_at(self.b.and_(self.b.load(self.node, typ=I32), I32(~(1 << barrier))))

    def meet_at(self, instruction: Instruction) -> None:
        """They have come. They meet the others where the next block begins."""
        for operand in instruction.operands:
            if isinstance(operand, ConvergenceBarrier):
                self.leave_barrier(operand.index, None)

    def _now_at(self, barriers: ir.Value) -> None:
        b = self.b
        count = b.function_named("llvm.ctpop.i32", ir.FunctionType(I32, [I32]))
        b.store(barriers, self.node)
        b.store(b.call(count, [barriers]), self.depth)
