"""Which registers hold a binary32: told from what the thread does with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.kinds import Action
from sassafras.isa.opcodes.modifiers import RESULT, Type
from sassafras.isa.operand_text import Literal
from sassafras.isa.program import Instruction, Program

LOOK_AHEAD = 400  #: instructions


def uses_floats(instruction: Instruction) -> bool:
    """Whether an instruction takes its register operands for binary32 (not binary64)."""
    record = instruction.record
    return record.literal is Literal.FLOAT and record.source_width(instruction.fields) == 1


def makes_float(instruction: Instruction) -> bool | None:
    """Whether the registers it writes hold binary32 values; None where the instruction does not say (a load,
    a move).
    """
    if instruction.record.copies or instruction.access is not None:
        return None
    result = instruction.fields.get(RESULT)
    return uses_floats(instruction) if result is None else result is Type.F32


def is_read_as_float(
    program: Program,
    pcs: NDArray[np.int64],
    start: int,
    register: int,
    stores_float: Callable[[int], bool],
) -> bool:
    """Whether the first instruction of ``pcs``, from ``start`` on, that reads a register takes it for a
    binary32. Moves are followed; of a store ``stores_float`` tells, by its place in ``pcs``.
    """
    for step in range(start, min(start + LOOK_AHEAD, len(pcs))):
        instruction = program.instructions[int(pcs[step])]
        effects = instruction.effects
        if register in effects.registers_read:
            if instruction.record.copies and effects.registers_written:
                return is_read_as_float(program, pcs, step + 1, effects.registers_written[0], stores_float)
            if effects.access is not None and effects.access.action is Action.STORE:
                return register not in effects.address_registers and stores_float(step)
            return uses_floats(instruction)
        if register in effects.registers_written:
            return False
    return False
