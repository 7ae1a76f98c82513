"""Video opcodes of Maxwell and Pascal: bytes, halves and words, with a clamp and a second operation."""

from __future__ import annotations

from typing import Any

from sassafras.isa.kinds import Pipe
from sassafras.isa.opcodes.fields import Field
from sassafras.isa.opcodes.modifiers import (
    COMPARE_VIDEO,
    FIRST_VIDEO,
    LARGEST,
    PLUS_ONE,
    PRODUCT_DOWN,
    SATURATED,
    SECOND_VIDEO,
    SECONDARY,
    SIGNED_RESULT,
    UNSIGNED_RESULT,
    WRAPPED,
)
from sassafras.isa.opcodes.record import Opcode, opcode

_TYPES = (FIRST_VIDEO, SECOND_VIDEO)
_BYTES = (FIRST_VIDEO.of("U8", "S8"), SECOND_VIDEO.of("U8", "S8"))


def _video(name: str, *fields: Field[Any]) -> Opcode:
    return opcode(name, "dsss", pipe=Pipe.QUARTER, fields=fields, operand_modifiers="-hb")


VIDEO_OPCODES: tuple[Opcode, ...] = (
    _video("VADD", UNSIGNED_RESULT, *_TYPES, SATURATED, SECONDARY),
    _video("VABSDIFF", SIGNED_RESULT, *_TYPES, SATURATED, SECONDARY),
    _video("VMNMX", UNSIGNED_RESULT, *_TYPES, LARGEST, SATURATED, SECONDARY),
    _video("VSHL", UNSIGNED_RESULT, *_TYPES, WRAPPED, SECONDARY),
    _video("VSHR", UNSIGNED_RESULT, *_TYPES, WRAPPED, SECONDARY),
    _video("VSET", COMPARE_VIDEO, *_TYPES, SECONDARY),
    _video("VMAD", *_TYPES, PLUS_ONE, PRODUCT_DOWN, SATURATED),
    _video("VABSDIFF4", *_BYTES, SECONDARY.of("ACC", default=SECONDARY.default)),
)
