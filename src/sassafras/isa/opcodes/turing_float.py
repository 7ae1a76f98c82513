"""Floating-point and conversion opcodes of Turing and its successors."""

from __future__ import annotations

from functools import partial

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.opcodes.fidelity import (
    EXACT,
    QUICK_DIVISION,
    Fidelity,
    border,
    flushing,
    special_function,
)
from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.maxwell_float import FLOAT_OPCODES
from sassafras.isa.opcodes.modifiers import (
    AS_FLOAT,
    COMBINE,
    FLOAT_COMPARE,
    FLOAT_STEP,
    FLUSH,
    OPERAND,
    RESULT,
    ROUNDING,
    SATURATED,
    SPECIAL_FUNCTION,
    TO_INTEGER,
    FloatComparison,
    Relation,
    Type,
    register_pair,
    registers_of_operand,
    registers_of_result,
)
from sassafras.isa.opcodes.modifiers_of_turing import NO_TRAP, PICKED, PROPAGATED
from sassafras.isa.opcodes.record import Opcode, opcode
from sassafras.isa.operand_text import Literal
from sassafras.isa.operands import Operand

_FLOATS = ("F16", "BF16", "F32", "F64")
_INTEGERS = ("U8", "S8", "U16", "S16", "U32", "S32", "U64", "S64")

_float = partial(opcode, literal=Literal.FLOAT)
_single = partial(_float, operand_modifiers="-|")

SINGLE = (
    _single(
        "FADD",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FADD_FMUL,
        fidelity=flushing,
    ),
    _single(
        "FMUL",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FADD_FMUL,
        fidelity=flushing,
    ),
    _single(
        "FFMA",
        "dsss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FFMA,
        fidelity=flushing,
    ),
    _single("FMNMX", "dssp", pipe=Pipe.HALF, fields=(FLUSH, PROPAGATED)),
    _single("FSEL", "dssp", pipe=Pipe.HALF, copies=True, fields=(FLUSH,)),
    _single("FSET", "dssp", pipe=Pipe.HALF, fields=(AS_FLOAT, FLOAT_COMPARE, FLUSH, COMBINE)),
    _single("FSETP", "DDssp", pipe=Pipe.HALF, fields=(FLOAT_COMPARE, FLUSH, COMBINE), group=Group.SETP),
    _single("FCHK", "Dss", pipe=Pipe.FULL, fidelity=QUICK_DIVISION),
    _single("MUFU", "ds", pipe=Pipe.QUARTER, fields=(SPECIAL_FUNCTION,), fidelity=special_function),
)

CONVERSIONS = (
    _float(
        "F2I",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(
            *(FLUSH, RESULT.of(*_INTEGERS, default=Type.S32)),
            *(OPERAND.of("F16", "F32", "F64", default=Type.F32), TO_INTEGER, NO_TRAP),
        ),
        operand_modifiers="-|h",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "I2F",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(
            *(RESULT.of("F16", "F32", "F64", default=Type.F32), OPERAND.of(*_INTEGERS, default=Type.S32)),
            ROUNDING,
        ),
        operand_modifiers="-|hb",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "I2FP",
        "ds",
        pipe=Pipe.HALF,
        fields=(RESULT.of("F32"), OPERAND.of("U32", "S32"), ROUNDING),
        operand_modifiers="-|",
    ),
    _float(
        "FRND",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(FLUSH, OPERAND.of("F32", "F64", default=Type.F32), TO_INTEGER),
        operand_modifiers="-|",
        result_width=registers_of_operand,
        source_width=registers_of_operand,
    ),
    _float(
        "F2F",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(FLUSH, RESULT.of(*_FLOATS), OPERAND.of(*_FLOATS), FLOAT_STEP, SATURATED),
        operand_modifiers="-|ht",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
)


def _compared(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001  # one signature
    """Which of two NaNs DSETP.MIN takes is inferred: compiled code does not look."""
    return EXACT if fields[PICKED] is None else border("which of two NaNs is taken")


#: As on Maxwell.
_KEPT = ("DADD", "DMUL", "DFMA")
DOUBLE = (
    *(record for record in FLOAT_OPCODES if record.name in _KEPT),
    opcode(
        "DSETP",
        "DDssp",
        pipe=Pipe.DOUBLE,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        source_width=register_pair,
        fields=(PICKED, FLOAT_COMPARE.of(default=FloatComparison(Relation.FALSE, on_nan=False)), COMBINE),
        group=Group.SETP,
        fidelity=_compared,
    ),
)

TURING_FLOAT: tuple[Opcode, ...] = SINGLE + CONVERSIONS + DOUBLE
