"""What RED does to a word of memory, for faults that strike its operand or its address.

The compiled instruction (`sassafras.emulator.semantics.memory`) has run by then, unharmed; a struck one adds
something else, or elsewhere.
"""

from __future__ import annotations

import numpy as np

from sassafras.emulator.semantics.floating import CANONICAL_NAN
from sassafras.isa.kinds import Action
from sassafras.isa.opcodes.modifiers import REDUCED_TYPE, Type
from sassafras.isa.operands import Register
from sassafras.isa.program import Instruction, Program, of_program

_MASK = 0xFFFFFFFF
_SIGN, _EXPONENT = 0x80000000, 0x7F800000


def is_reduction(instruction: Instruction) -> bool:
    """Whether it combines its operand with what memory holds."""
    return instruction.access is not None and instruction.access.action is Action.REDUCE


@of_program
def reduces(program: Program) -> bool:
    """Whether a program combines anything with what memory holds: then threads may share a word, and none of
    them owns it.
    """
    return any(is_reduction(i) for i in program.instructions)


def operand_register(instruction: Instruction) -> int:
    """Index of the register that a RED adds."""
    operand = instruction.operands[1]
    assert isinstance(operand, Register)
    return operand.index


def added(instruction: Instruction, old: int, operand: int) -> int:
    """The word that RED.ADD leaves where ``old`` was, all as 32 bits: integers wrap; floats flush denormals,
    and every NaN is the canonical one.
    """
    if instruction.fields[REDUCED_TYPE] is not Type.F32:
        return (old + operand) & _MASK
    words = np.array([_flushed(old), _flushed(operand)], np.uint32).view(np.float32)
    with np.errstate(all="ignore"):
        total = words[:1] + words[1:]
    return CANONICAL_NAN if np.isnan(total[0]) else _flushed(int(total.view(np.uint32)[0]))


def _flushed(bits: int) -> int:
    return bits if bits & _EXPONENT else bits & _SIGN
