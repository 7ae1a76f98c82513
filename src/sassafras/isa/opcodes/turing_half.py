"""Opcodes of Turing and its successors on pairs of halves: binary16, or bfloat16 with .BF16_V2."""

from __future__ import annotations

from functools import partial

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Pipe
from sassafras.isa.opcodes.fidelity import EXACT, Fidelity, border
from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.modifiers import AS_FLOAT, COMBINE, FLOAT_COMPARE, FLUSH, ROUNDING, SATURATED
from sassafras.isa.opcodes.modifiers_of_turing import (
    BRAIN,
    FROM_SINGLE,
    OTHER_PIPE,
    PACKED,
    PACKED_TYPE,
    PROPAGATED,
    RECTIFIED,
    TO_SINGLE,
)
from sassafras.isa.opcodes.record import Opcode, opcode
from sassafras.isa.operand_text import Literal
from sassafras.isa.operands import Operand

_halves = partial(opcode, literal=Literal.HALVES, operand_modifiers="-|t")


def rectified(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001  # one signature
    """What .RELU makes of -0 is inferred."""
    return border("-0 under .RELU, +0 here") if fields[RECTIFIED] else EXACT


TURING_HALF: tuple[Opcode, ...] = (
    _halves("HADD2", "dss", pipe=Pipe.FULL, fields=(TO_SINGLE, BRAIN, FLUSH, SATURATED), group=Group.FP16),
    _halves("HMUL2", "dss", pipe=Pipe.FULL, fields=(BRAIN, FLUSH, SATURATED), group=Group.FP16),
    _halves(
        "HFMA2",
        "dsss",
        pipe=Pipe.FULL,
        fields=(OTHER_PIPE, BRAIN, FLUSH, SATURATED, RECTIFIED),
        group=Group.FP16,
        fidelity=rectified,
    ),
    _halves("HMNMX2", "dssp", pipe=Pipe.HALF, fields=(BRAIN, FLUSH, PROPAGATED)),
    _halves("HSET2", "dssp", pipe=Pipe.HALF, fields=(AS_FLOAT, BRAIN, FLOAT_COMPARE, FLUSH, COMBINE)),
    _halves(
        "HSETP2",
        "DDssp",
        pipe=Pipe.HALF,
        fields=(BRAIN, FLOAT_COMPARE, FLUSH, COMBINE),
        group=Group.SETP,
    ),
    opcode(
        "F2FP",
        "dss",
        pipe=Pipe.HALF,
        literal=Literal.FLOAT,
        operand_modifiers="-|",
        fields=(
            RECTIFIED,
            PACKED_TYPE,
            FROM_SINGLE,
            PACKED,
            ROUNDING.of("RN", "RZ", default=ROUNDING.default),
        ),
        fidelity=rectified,
    ),
)
