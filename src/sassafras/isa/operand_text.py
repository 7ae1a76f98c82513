"""One printed operand -> one operand value.

Source of the forms: NVIDIA's nvdisasm output, collected in docs/sass.md. A literal is kept as text until the
opcode is known, because ``1`` is an integer in ``IADD`` and 0x3f800000 in ``FADD``.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from enum import Enum

from sassafras.isa.locations import File
from sassafras.isa.operands import (
    PT,
    RZ,
    URZ,
    Address,
    ConditionTest,
    Constant,
    ConstantOfWarp,
    ConvergenceBarrier,
    Half,
    Immediate,
    Name,
    Operand,
    Predicate,
    Register,
    SpecialRegister,
    Target,
    UniformPredicate,
    UniformRegister,
    WholeFile,
)


class Literal(Enum):
    """How an opcode reads a literal: as an integer, as a binary32, as the upper 32 bits of a binary64, or two
    of them as binary16 or bfloat16 numbers, the upper half first.
    """

    INTEGER = "integer"
    FLOAT = "float"
    DOUBLE = "double"
    HALVES = "halves"
    BRAINS = "bfloat16 halves"

    @property
    def of_two(self) -> bool:
        """Whether two numbers are one literal."""
        return self in (Literal.HALVES, Literal.BRAINS)


class OperandSyntaxError(ValueError):
    """An operand text that no known form covers; the parser makes it a ``ListingError`` with the place."""


_PART = r"H0_H0|H1_H1|H0|H1|B[0-3]"
_REGISTER = re.compile(rf"(U?)R(\d+|Z)(?:\.(CC|{_PART}))?(?:\.(?:ROW|COL))?")
_CONSTANT = re.compile(rf"c\[(0x[0-9a-f]+)\] ?\[(?:R(\d+|Z)\+?)?(-?0x[0-9a-f]+)?\](?:\.({_PART}))?")
_CONSTANT_OF_WARP = re.compile(r"c\[(0x[0-9a-f]+)\] ?\[UR(\d+|Z)(?:\+?(-?0x[0-9a-f]+))?\]")
_ABSOLUTE = re.compile(rf"\|([^|]+)\|(\.(?:{_PART}))?")
_ADDRESS = re.compile(
    r"(?:desc\[UR\d+\])?\[(?:R(\d+|Z)(?:\.X(4|8|16)|\.64)?)?\+?(?:UR(\d+|Z))?\+?(-?0x[0-9a-f]+)?\]"
)
_PREDICATE = re.compile(r"(!?)(U?)P(\d+|T)")
_BARRIER = re.compile(r"B(\d+)")
_INTEGER = re.compile(r"(-|~)?(0x[0-9a-f]+|\d+)")
_FLOAT = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SPECIAL = re.compile(r"SR_\w+(?:\.\w+)?|SRZ")
_LABEL = re.compile(r"`\(([^()]+)\)")
_NAME = re.compile(r"SB\d+|\{[\d, ]*\}")
_INFINITIES = {"+INF": math.inf, "-INF": -math.inf}
_QUIET_NANS = {"+QNAN": 0x7FFFFFFF, "-QNAN": 0xFFFFFFFF}
BARRIERS_OF_LANE = 16  #: convergence barriers, B0 to B15
_NEGATED = ".NEG"  #: of the product that the literal is a factor of
_FILES = {"CC": WholeFile(File.CODES), "PR": WholeFile(File.PREDICATES)}


def parse_operand(text: str, literal: Literal, labels: Mapping[str, int]) -> Operand:
    """Parse one operand. Raises ``OperandSyntaxError`` for an unknown form, a literal out of range or an
    unknown label.
    """
    for attempt in (_predicate, _address, _special_or_name):
        operand = attempt(text)
        if operand is not None:
            return operand
    if match := _CONSTANT_OF_WARP.fullmatch(text):
        offset = int(match[3] or "0", 16)
        return ConstantOfWarp(int(match[1], 16), offset, _index(match[2], URZ))
    if match := _LABEL.fullmatch(text):
        return Target(_offset_of(match[1], labels))
    return _word(text) or Immediate(_literal(text, literal), unsure=text in _QUIET_NANS)


def _offset_of(label: str, labels: Mapping[str, int]) -> int:
    if label not in labels:
        raise OperandSyntaxError(f"label {label} is not in the listing")
    return labels[label]


def _index(digits: str, last: int) -> int:
    """Register or predicate number; ``Z`` and ``T`` (and their numbers) give ``last``."""
    index = last if digits in ("Z", "T") else int(digits)
    if index > last:
        raise OperandSyntaxError(f"number {index} is above {last}")
    return index


def _predicate(text: str) -> Predicate | UniformPredicate | None:
    match = _PREDICATE.fullmatch(text)
    if not match:
        return None
    kind = UniformPredicate if match[2] else Predicate
    return kind(_index(match[3], PT), negate=match[1] == "!")


def _address(text: str) -> Address | None:
    match = _ADDRESS.fullmatch(text)
    if not match or not (match[1] or match[3] or match[4]):
        return None
    register = _index(match[1], RZ) if match[1] else None
    uniform = _index(match[3], URZ) if match[3] else None
    return Address(register, int(match[4] or "0", 16), int(match[2] or "1"), uniform)


def _special_or_name(
    text: str,
) -> SpecialRegister | ConditionTest | ConvergenceBarrier | WholeFile | Name | None:
    if match := _BARRIER.fullmatch(text):
        return ConvergenceBarrier(_index(match[1], BARRIERS_OF_LANE - 1))
    if text in _FILES:
        return _FILES[text]
    if _SPECIAL.fullmatch(text):
        return SpecialRegister(text)
    if text.startswith("CC."):
        return ConditionTest(text[3:])
    return Name(text) if _NAME.fullmatch(text) else None


def _word(text: str) -> Register | UniformRegister | Constant | None:
    """A register or constant with its operand modifiers, or None if ``text`` is something else."""
    body = text.replace(".reuse", "", 1)  # also printed behind the bar of |R5|.reuse
    invert = body.startswith("~")
    negate = body.startswith("-")
    body = body[1:] if invert or negate else body
    barred = _ABSOLUTE.fullmatch(body)
    absolute = barred is not None
    body = f"{barred[1]}{barred[2] or ''}" if barred else body
    if match := _REGISTER.fullmatch(body):
        suffix = match[3]
        cc = suffix == "CC"
        if match[1]:
            if cc:
                return None
            index = _index(match[2], URZ)
            return UniformRegister(index, negate, absolute, invert, _half(suffix), _byte(suffix))
        index = _index(match[2], RZ)
        return Register(index, negate, absolute, invert, _half(suffix), writes_cc=cc, byte=_byte(suffix))
    if (match := _CONSTANT.fullmatch(body)) and (match[2] or match[3]):
        register = _index(match[2], RZ) if match[2] else None
        bank, offset = int(match[1], 16), int(match[3] or "0", 16)
        half, byte = _half(match[4]), _byte(match[4])
        return Constant(bank, offset, register, negate, absolute, invert, half, byte)
    return None


def _half(suffix: str | None) -> Half | None:
    return Half[suffix] if suffix is not None and suffix in Half.__members__ else None


def _byte(suffix: str | None) -> int | None:
    return int(suffix[1]) if suffix and suffix.startswith("B") else None


def _literal(text: str, literal: Literal) -> int:
    if literal.of_two:
        bits = _half_bits if literal is Literal.HALVES else _brain_bits
        halves = [bits(part.strip()) for part in text.split(",")]
        if len(halves) != 2:
            raise OperandSyntaxError(f"operand {text!r} is not two halves")
        return halves[0] << 16 | halves[1]
    if text.endswith(_NEGATED) and literal is not Literal.INTEGER:
        return _literal(text.removesuffix(_NEGATED).rstrip(), literal) ^ 0x80000000
    if literal is Literal.INTEGER or re.fullmatch(r"-?0x[0-9a-f]+", text):
        return _integer_bits(text)
    if text in _QUIET_NANS:
        return _QUIET_NANS[text]
    if text in _INFINITIES:
        value = _INFINITIES[text]
    elif _FLOAT.fullmatch(text):
        value = _finite(text)
    else:
        raise OperandSyntaxError(f"operand {text!r} has no known form")
    return _float_bits(value) if literal is Literal.FLOAT else _double_high_bits(value)


def _integer_bits(text: str) -> int:
    match = _INTEGER.fullmatch(text)
    if not match:
        raise OperandSyntaxError(f"operand {text!r} has no known form")
    value = int(match[2], 16 if match[2].startswith("0x") else 10)
    if value >> 32:
        raise OperandSyntaxError(f"literal {text!r} does not fit 32 bits")
    return {"-": -value, "~": ~value, None: value}[match[1]] & 0xFFFFFFFF


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise OperandSyntaxError(f"literal {text!r} is not finite")
    return value


def _float_bits(value: float) -> int:
    try:
        return int(struct.unpack("<I", struct.pack("<f", value))[0])
    except OverflowError:
        raise OperandSyntaxError(f"literal {value!r} does not fit a binary32") from None


def _number(text: str) -> float:
    if not is_number(text):
        raise OperandSyntaxError(f"operand {text!r} has no known form")
    return _INFINITIES[text] if text in _INFINITIES else _finite(text)


def _brain_bits(text: str) -> int:
    """The bits of a bfloat16 number; a NaN is the canonical one."""
    if text in _QUIET_NANS:
        return _QUIET_NANS[text] >> 16
    bits = _float_bits(_number(text))
    if bits & 0xFFFF:
        raise OperandSyntaxError(f"literal {text!r} has more digits than a bfloat16 immediate holds")
    return bits >> 16


def _half_bits(text: str) -> int:
    """The bits of a binary16 number; a NaN is the canonical one."""
    if text in _QUIET_NANS:
        return _QUIET_NANS[text] >> 16
    value = _number(text)
    try:
        return int(struct.unpack("<H", struct.pack("<e", value))[0])
    except OverflowError:
        raise OperandSyntaxError(f"literal {value!r} does not fit a binary16") from None


def is_number(text: str) -> bool:
    """Whether it is a float as nvdisasm prints one."""
    return text in _INFINITIES or text in _QUIET_NANS or _FLOAT.fullmatch(text) is not None


def _double_high_bits(value: float) -> int:
    """Instructions carry only the top of a binary64 literal; the lower word is zero."""
    bits = int(struct.unpack("<Q", struct.pack("<d", value))[0])
    if bits & 0xFFFFFFFF:
        raise OperandSyntaxError(f"literal {value!r} has more digits than a binary64 immediate holds")
    return bits >> 32
