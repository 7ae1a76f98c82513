"""Counters of a thread: how often each basic block was entered, and each guarded instruction carried out."""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import I32
from sassafras.isa.control_flow import named_returns
from sassafras.isa.kinds import Flow
from sassafras.isa.operands import Target
from sassafras.isa.program import Program


def basic_blocks(program: Program) -> dict[int, int]:
    """First instruction -> number of instructions, for every basic block.

    A program with computed jumps (BRX) gets a block per instruction, since a jump may then go anywhere.
    """
    count = len(program.instructions)
    starts = {0}
    if any(i.flow is Flow.COMPUTED_JUMP for i in program.instructions):
        starts = set(range(count))
    for i in program.instructions:
        offsets = [o.offset for o in i.operands if isinstance(o, Target)]
        starts.update(t for o in offsets if (t := program.index_of_offset.get(o)) is not None)
        if i.flow.ends_block and i.index + 1 < count:
            starts.add(i.index + 1)
    starts.update(named_returns(program))
    ordered = sorted(starts)
    return {a: b - a for a, b in zip(ordered, [*ordered[1:], count], strict=True)}


class BlockCounters:
    """Which counter counts what, in a thread's row. ``sizes``: `basic_blocks`; ``of_block`` and
    ``of_guarded``: the counter by first instruction, and by guarded instruction.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self.sizes = basic_blocks(program)
        guarded = [i.index for i in program.instructions if i.guard is not None]
        self.of_block = {start: k for k, start in enumerate(self.sizes)}
        self.of_guarded = {index: len(self.sizes) + k for k, index in enumerate(guarded)}

    def __len__(self) -> int:
        return len(self.sizes) + len(self.of_guarded)

    @property
    def instructions(self) -> list[int]:
        """For each counter the instruction that it counts."""
        return [*self.of_block, *self.of_guarded]

    def counter_map(self) -> tuple[list[int], list[int]]:
        """For each instruction: the counter of how often it was issued, and of how often it was executed."""
        issued, current = [], 0
        for i in self._program.instructions:
            current = self.of_block.get(i.index, current)
            issued.append(current)
        executed = [self.of_guarded.get(k, issued[k]) for k in range(len(issued))]
        return issued, executed

    def bump(self, b: ir.IRBuilder, row: ir.Value, counter: int) -> None:
        """Emit: count one more in a row."""
        slot = b.gep(row, [I32(counter)], source_etype=I32)
        b.store(b.add(b.load(slot, typ=I32), I32(1)), slot)
