"""Floating-point and conversion opcodes of Maxwell and Pascal (sm_50 to sm_62)."""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.opcodes.maxwell_integer import COMBINE
from sassafras.isa.opcodes.record import (
    Opcode,
    choice,
    opcode,
    option,
    register_pair,
    registers_of_operand,
    registers_of_result,
)
from sassafras.isa.operand_text import Literal

_COMPARISONS = (
    "LT",
    "EQ",
    "LE",
    "GT",
    "NE",
    "GE",
    "NUM",
    "NAN",
    "LTU",
    "EQU",
    "LEU",
    "GTU",
    "NEU",
    "GEU",
    "F",
    "T",
)
FLOAT_COMPARE = choice("compare", *_COMPARISONS)
FLUSH = option("FTZ")
SATURATE = option("SAT")
ROUNDING = option("RN", "RM", "RP", "RZ", name="rounding", default="RN")
TO_INTEGRAL = ("ROUND", "FLOOR", "CEIL", "TRUNC")
_INTEGERS = ("U8", "S8", "U16", "S16", "U32", "S32", "U64", "S64")
_FLOATS = ("F32", "F64")

SINGLE = (
    opcode(
        "FADD",
        "dss",
        fields=(FLUSH, ROUNDING, SATURATE),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FADD32I",
        "dss",
        fields=(FLUSH,),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FMUL",
        "dss",
        fields=(FLUSH, ROUNDING, SATURATE),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FMUL32I",
        "dss",
        fields=(FLUSH, SATURATE),
        group=Group.FADD_FMUL,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FFMA",
        "dsss",
        fields=(FLUSH, ROUNDING, SATURATE),
        group=Group.FFMA,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FFMA32I",
        "dsss",
        fields=(FLUSH, SATURATE),
        group=Group.FFMA,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode("FMNMX", "dssp", fields=(FLUSH,), literal=Literal.FLOAT, operand_modifiers="-|"),
    opcode(
        "FCHK", "Dss", fields=(choice("DIVIDE", "DIVIDE"),), literal=Literal.FLOAT, operand_modifiers="-|"
    ),
    opcode(
        "MUFU",
        "ds",
        fields=(choice("function", "RCP", "RSQ", "EX2", "LG2", "SIN", "COS"), SATURATE),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "RRO",
        "ds",
        fields=(choice("function", "EX2", "SINCOS"),),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
)

COMPARISONS = (
    opcode(
        "FCMP",
        "dsss",
        fields=(option(*_COMPARISONS, name="compare", default="GT"), FLUSH),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
    ),
    opcode(
        "FSET",
        "dssp",
        fields=(option("BF"), FLOAT_COMPARE, FLUSH, COMBINE),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
        may_write_cc=True,
    ),
    opcode(
        "FSETP",
        "DDssp",
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
        fields=(
            FLUSH,
            choice("result", *_INTEGERS),
            choice("operand", *_FLOATS),
            option("RN", "FLOOR", "CEIL", "TRUNC", name="rounding", default="RN"),
        ),
        literal=Literal.FLOAT,
        operand_modifiers="-|",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "I2F",
        "ds",
        fields=(choice("result", *_FLOATS), choice("operand", *_INTEGERS), ROUNDING),
        operand_modifiers="-|h",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "F2F",
        "ds",
        fields=(
            FLUSH,
            choice("result", *_FLOATS),
            choice("operand", *_FLOATS),
            option("RN", "RM", "RP", "RZ", *TO_INTEGRAL, name="rounding", default="RN"),
            SATURATE,
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
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        result_width=register_pair,
        source_width=register_pair,
    ),
    opcode(
        "DSETP",
        "DDssp",
        fields=(FLOAT_COMPARE, COMBINE),
        group=Group.SETP,
        literal=Literal.DOUBLE,
        operand_modifiers="-|",
        source_width=register_pair,
    ),
)

FLOAT_OPCODES: tuple[Opcode, ...] = SINGLE + COMPARISONS + CONVERSIONS + DOUBLE
