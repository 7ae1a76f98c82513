"""Counting without data: of a program whose threads take the same way whatever memory holds, only what that
way depends on is carried out, and nothing but the counters comes out.

Threads cannot tell each other anything then, so that nobody waits at a barrier, and the counters are local
slots: loops that only count are left to LLVM, which often needs no loop for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from sassafras.emulator.plain import SlicedFunction
from sassafras.emulator.ports import I32, Ports
from sassafras.emulator.semantics.registry import Semantics
from sassafras.emulator.storage import Storage
from sassafras.isa.kinds import Flow
from sassafras.isa.program import Instruction, Program
from sassafras.isa.slicing import Slice


class CountingFunction(SlicedFunction):
    """A thread that counts what it issues; with ``guards``, which then must be in the slice, also what it
    executes. There is no watchdog.
    """

    def __init__(self, program: Program, chosen: Slice, *, guards: bool) -> None:
        self._guards = guards
        super().__init__(program, chosen)
        self._barrier = False

    def make_storage(self) -> Storage:
        """Local slots, for the counters as well."""
        storage = super().make_storage()
        self._slots: Sequence[ir.Value] = [self.b.alloca(I32) for _ in range(len(self.counted))]
        for slot in self._slots:
            self.b.store(I32(0), slot)
        return storage

    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """Count the basic block at its start."""
        if instruction.index in self.counted.sizes:
            self._bump(self.counted.of_block[instruction.index])

    def executed(self, instruction: Instruction) -> None:
        """Count it, where guards are known."""
        if self._guards:
            self._bump(self.counted.of_guarded[instruction.index])

    def _bump(self, counter: int) -> None:
        slot = self._slots[counter]
        self.b.store(self.b.add(self.b.load(slot, typ=I32), I32(1)), slot)

    def leave(self, status: int, *, pc: int) -> None:
        """Give the counters away and return."""
        for counter, slot in enumerate(self._slots):
            place = self.b.gep(self._counters, [I32(counter)], source_etype=I32)
            self.b.store(self.b.load(slot, typ=I32), place)
        super().leave(status, pc=pc)

    def meaning_of(self, instruction: Instruction) -> Semantics | None:
        """As of the slice; nothing of a barrier."""
        return _go_on if instruction.flow is Flow.BARRIER else super().meaning_of(instruction)


def _go_on(ports: Ports, instruction: Instruction) -> None:
    """Nobody waits."""
