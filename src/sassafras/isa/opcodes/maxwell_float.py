"""Floating-point and conversion opcodes of Maxwell and Pascal."""

from __future__ import annotations

from functools import partial

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.opcodes.fidelity import NOT_A_NUMBER, QUICK_DIVISION, REDUCED, flushing, special_function
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
_FLOATS = ("F16", "F32", "F64")
#: nvdisasm does not print the comparison that FCMP has by default
_HIDDEN_COMPARE = FLOAT_COMPARE.of(default=FloatComparison(Relation.GREATER, on_nan=False))

_float = partial(opcode, literal=Literal.FLOAT)
_single = partial(_float, operand_modifiers="-|")
_double = partial(
    opcode, pipe=Pipe.DOUBLE, literal=Literal.DOUBLE, operand_modifiers="-|", source_width=register_pair
)

SINGLE = (
    _single(
        "FADD",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FADD_FMUL,
        fidelity=flushing,
    ),
    _single("FADD32I", "dss", pipe=Pipe.FULL, fields=(FLUSH,), group=Group.FADD_FMUL, fidelity=flushing),
    _single(
        "FMUL",
        "dss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FADD_FMUL,
        fidelity=flushing,
    ),
    _single(
        "FMUL32I", "dss", pipe=Pipe.FULL, fields=(FLUSH, SATURATED), group=Group.FADD_FMUL, fidelity=flushing
    ),
    _single(
        "FFMA",
        "dsss",
        pipe=Pipe.FULL,
        fields=(FLUSH, ROUNDING, SATURATED),
        group=Group.FFMA,
        fidelity=flushing,
    ),
    _single(
        "FFMA32I", "dsss", pipe=Pipe.FULL, fields=(FLUSH, SATURATED), group=Group.FFMA, fidelity=flushing
    ),
    _single("FMNMX", "dssp", pipe=Pipe.HALF, fields=(FLUSH,)),
    _single("FCHK", "Dss", pipe=Pipe.FULL, fields=(DIVIDE,), fidelity=QUICK_DIVISION),
    _single(
        "MUFU",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(SPECIAL_FUNCTION, SATURATED),
        fidelity=special_function,
    ),
    _single("RRO", "ds", pipe=Pipe.FULL, fields=(REDUCED_RANGE,), fidelity=REDUCED),
)

COMPARISONS = (
    _single("FCMP", "dsss", pipe=Pipe.HALF, fields=(_HIDDEN_COMPARE, FLUSH)),
    _single(
        "FSET", "dssp", pipe=Pipe.HALF, fields=(AS_FLOAT, FLOAT_COMPARE, FLUSH, COMBINE), may_write_cc=True
    ),
    _single("FSETP", "DDssp", pipe=Pipe.HALF, fields=(FLOAT_COMPARE, FLUSH, COMBINE), group=Group.SETP),
)

CONVERSIONS = (
    _float(
        "F2I",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(FLUSH, RESULT.of(*_INTEGERS), OPERAND.of(*_FLOATS), TO_INTEGER),
        operand_modifiers="-|h",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    opcode(
        "I2F",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(RESULT.of(*_FLOATS), OPERAND.of(*_INTEGERS), ROUNDING),
        operand_modifiers="-|hb",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
    _float(
        "F2F",
        "ds",
        pipe=Pipe.QUARTER,
        fields=(FLUSH, RESULT.of(*_FLOATS), OPERAND.of(*_FLOATS), FLOAT_STEP, SATURATED),
        operand_modifiers="-|h",
        result_width=registers_of_result,
        source_width=registers_of_operand,
    ),
)

DOUBLE = (
    _double(
        "DADD",
        "dss",
        fields=(ROUNDING,),
        group=Group.DADD_DMUL,
        result_width=register_pair,
        fidelity=NOT_A_NUMBER,
    ),
    _double(
        "DMUL",
        "dss",
        fields=(ROUNDING,),
        group=Group.DADD_DMUL,
        result_width=register_pair,
        fidelity=NOT_A_NUMBER,
    ),
    _double(
        "DFMA",
        "dsss",
        fields=(ROUNDING,),
        group=Group.DFMA,
        result_width=register_pair,
        fidelity=NOT_A_NUMBER,
    ),
    _double("DMNMX", "dssp", result_width=register_pair),
    _double("DSET", "dssp", fields=(AS_FLOAT, FLOAT_COMPARE, COMBINE), may_write_cc=True),
    _double("DSETP", "DDssp", fields=(FLOAT_COMPARE, COMBINE), group=Group.SETP),
)

FLOAT_OPCODES: tuple[Opcode, ...] = SINGLE + COMPARISONS + CONVERSIONS + DOUBLE
