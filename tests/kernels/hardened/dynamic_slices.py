"""Exact backward slices of what one thread really executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.kernels.hardened.launches import Prepared

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.isa.locations import File, Location
from sassafras.isa.operands import Constant, Immediate, Register
from sassafras.isa.program import Instruction

MAJORITY = Immediate(0xE8)
LIMIT = 100_000


@dataclass(frozen=True)
class Execution:
    """One thread's instructions in order of execution, and for each the earlier ones whose results it used.

    ``executed``: whether its guard was true. ``makers``: the earlier instruction that made the value of each
    register it reads.
    """

    instructions: tuple[Instruction, ...]
    executed: tuple[bool, ...]
    used: tuple[frozenset[int], ...]
    makers: tuple[dict[int, int], ...]

    def slice_from(self, start: int | None) -> frozenset[int]:
        """All that went into the result of instruction number ``start``, itself included."""
        found: set[int] = set()
        pending = [] if start is None else [start]
        while pending:
            number = pending.pop()
            if number not in found:
                found.add(number)
                pending.extend(self.used[number])
        return frozenset(found)

    def votes(self) -> Iterator[int]:
        """The numbers of the majority votes."""
        for number, instruction in enumerate(self.instructions):
            if instruction.opcode == "LOP3" and instruction.operands[-1] == MAJORITY:
                yield number

    def voted_slices(self, vote: int) -> list[frozenset[int]]:
        """The slices of a vote's three inputs; a word of the constant bank has an empty one."""
        inputs = self.instructions[vote].operands[-4:-1]
        assert all(isinstance(operand, Register | Constant) for operand in inputs)
        makers = self.makers[vote]
        return [
            self.slice_from(makers.get(operand.index) if isinstance(operand, Register) else None)
            for operand in inputs
        ]


def _guarding(instruction: Instruction) -> set[Location]:
    guard = instruction.effects.guard
    return set() if guard is None else {Location(File.PREDICATES, guard)}


def execution(prepared: Prepared, thread: int) -> Execution:
    """Run block 0 and follow one thread. An instruction whose guard was false hands on the old values."""
    block = prepared.machine.arm(
        prepared.launch, prepared.memory, 0, None if prepared.machine.barrier else [thread]
    )
    block.keep_trace(thread, LIMIT)
    block.run(LIMIT)
    assert block.trap is None
    trace = block.trace(thread)
    program = prepared.machine.program.instructions
    last: dict[Location, int] = {}
    issued: list[Instruction] = []
    used: list[frozenset[int]] = []
    makers: list[dict[int, int]] = []
    for index, true in zip(instruction_indexes(trace), executed_mask(trace), strict=True):
        instruction = program[int(index)]
        read = instruction.effects.reads if true else _guarding(instruction) | instruction.effects.writes
        used.append(frozenset(last[place] for place in read if place in last))
        makers.append(
            {
                r: last[place]
                for r in instruction.effects.registers_read
                if (place := Location(File.REGISTERS, r)) in last
            }
        )
        last |= dict.fromkeys(instruction.effects.writes, len(issued))
        issued.append(instruction)
    return Execution(tuple(issued), tuple(executed_mask(trace).tolist()), tuple(used), tuple(makers))
