"""Which registers hold a binary32: told from what the thread does with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.opcodes import opcode_table
from sassafras.isa.operand_text import Literal
from sassafras.isa.operands import Address, Register
from sassafras.isa.program import Instruction, Program

_NO_FLOAT_RESULT = frozenset({"F2I"})
_FLOAT_RESULT = frozenset({"I2F"})
_MOVES = frozenset({"MOV", "SEL", "LOP3"})  #: a bitwise majority is a choice too
_STORES = frozenset({"STG", "STS"})
_LOADS = frozenset({"LDG", "LDS"})
LOOK_AHEAD = 400  #: instructions


def uses_floats(program: Program, instruction: Instruction) -> bool:
    """Whether an instruction takes its register operands for binary32 (not binary64)."""
    record = opcode_table(program.arch)[instruction.opcode]
    return record.literal is Literal.FLOAT and not {"F64", "64"} & set(instruction.modifiers)


def makes_float(program: Program, instruction: Instruction) -> bool | None:
    """Whether the registers it writes hold binary32 values; None where the instruction does not say (a load,
    a move).
    """
    if instruction.opcode in _MOVES | _LOADS:
        return None
    if instruction.opcode in _NO_FLOAT_RESULT or "F64" in instruction.modifiers:
        return False
    return instruction.opcode in _FLOAT_RESULT or uses_floats(program, instruction)


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
            if instruction.opcode in _MOVES and effects.registers_written:
                return is_read_as_float(program, pcs, step + 1, effects.registers_written[0], stores_float)
            if instruction.opcode in _STORES:
                return _is_stored(instruction, register) and stores_float(step)
            return uses_floats(program, instruction)
        if register in effects.registers_written:
            return False
    return False


def _is_stored(instruction: Instruction, register: int) -> bool:
    """Whether a store takes a register for its word, not for its address."""
    addresses = [o.register for o in instruction.operands if isinstance(o, Address)]
    return register not in addresses and any(
        isinstance(o, Register) and o.index == register for o in instruction.operands
    )
