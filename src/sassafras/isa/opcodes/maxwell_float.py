"""Floating-point and conversion opcodes of Maxwell and Pascal (sm_50 to sm_62)."""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.opcodes.modifiers import (
    AS_FLOAT,
    COMBINE,
    DIVIDE,
    FLOAT_COMPARE,
    FLOAT_STEP,
    FLUSH,
    OPERAND,
    REDUCED_RANGE,
    RESULT,
    ROUNDING,
    SATURATED,
    SPECIAL_FUNCTION,
    TO_INTEGER,
    FloatComparison,
    Relation,
    register_pair,
    registers_of_operand,
    registers_of_result,
)
from sassafras.isa.opcodes.record import Opcode, opcode
from sassafras.isa.operand_text import Literal

_INTEGERS = ("U8", "S8", "U16", "S16", "U32", "S32", "U64", "S64")
_FLOATS = ("F32", "F64")
#: nvdisasm does not print the comparison that FCMP has by default
_HIDDEN_COMPARE = FLOAT_COMPARE.of(default=FloatComparison(Relation.GREATER, on_nan=False))

SINGLE = (
    opcode(
        "FADD",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FADD32I",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH,),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FMUL",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FMUL32I",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, SATURATED),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FFMA",
        "dsss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FFMA,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FFMA32I",
        "dsss",
        pipe=Pipe.FULL,
        fields=(FLUSH, SATURATED),
        group=Group.FFMA,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode("FMNMX", "dssp", pipe=Pipe.HALF, fields=(FLUSH,), literal=Literal.FLOAT, operand_modifiers="-|"),
    opcode("FCHK", "Dss", pipe=Pipe.FULL, fields=(DIVIDE,), literal=Literal.FLOAT, operand_modifiers="-|"),
    opcode(
        "MUFU",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(SPECIAL_FUNCTION, SATURATED),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "RRO",
        "ds",
        pipe=Pipe.FULL,
        fields=(REDUCED_RANGE,),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
)

COMPARISONS = (
    opcode(
        "FCMP",
        "dsss",
        pipe=Pipe.HALF,
        fields=(_HIDDEN_COMPARE, FLUSH),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FSET",
        "dssp",
        pipe=Pipe.HALF,
        fields=(AS_FLOAT, FLOAT_COMPARE, FLUSH, COMBINE),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
        may_write_cc=True,
    ),
    opcode(
        "FSETP",
        "DDssp",
        pipe=Pipe.HALF,
        fields=(FLOAT_COMPARE, FLUSH, COMBINE),
        group=Group.SETP,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
)

CONVERSIONS = (
    opcode(
        "F2I",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(
            FLUSH,
            RESULT.of(*_INTEGERS),
            OPERAND.of(*_FLOATS),
            TO_INTEGER,
        ),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "I2F",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(RESULT.of(*_FLOATS), OPERAND.of(*_INTEGERS), ROUNDING),
        operand_modifiers="-|h",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "F2F",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(
            FLUSH,
            RESULT.of(*_FLOATS),
            OPERAND.of(*_FLOATS),
            FLOAT_STEP,
            SATURATED,
        ),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
)

DOUBLE = (
    opcode(
        "DADD",
        "dss",
        pipe=Pipe.DOUBLE,
        fields=(ROUNDING,),
        group=Group.DADD_DMUL,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        result_width=register_pair,
        source_width=register_pair,
    ),
    opcode(
        "DMUL",
        "dss",
        pipe=Pipe.DOUBLE,
        fields=(ROUNDING,),
        group=Group.DADD_DMUL,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        result_width=register_pair,
        source_width=register_pair,
    ),
    opcode(
        "DFMA",
        "dsss",
        pipe=Pipe.DOUBLE,
        fields=(ROUNDING,),
        group=Group.DFMA,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        result_width=register_pair,
        source_width=register_pair,
    ),
    opcode(
        "DMNMX",
        "dssp",
        pipe=Pipe.DOUBLE,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        result_width=register_pair,
        source_width=register_pair,
    ),
    opcode(
        "DSETP",
        "DDssp",
        pipe=Pipe.DOUBLE,
        fields=(FLOAT_COMPARE, COMBINE),
        group=Group.SETP,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        source_width=register_pair,
    ),
)

FLOAT_OPCODES: tuple[Opcode, ...] = SINGLE + COMPARISONS + CONVERSIONS + DOUBLE
