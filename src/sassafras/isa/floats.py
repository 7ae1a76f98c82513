"""Whether an instruction takes and makes binary32 values, as far as it says so itself."""

from __future__ import annotations

from sassafras.isa.opcodes.modifiers import RESULT, Type
from sassafras.isa.operand_text import Literal
from sassafras.isa.program import Instruction


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
