"""Video instructions (PTX ISA, "Scalar Video Instructions"): an exact operation on bytes, halves or words, a
clamp, and a second operation with c.
"""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.compare import SIGNS
from sassafras.emulator.semantics.registry import maxwell
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
    Merge,
    Secondary,
    Type,
)
from sassafras.isa.operands import Constant, Half, Operand, Register
from sassafras.isa.program import Instruction

_WIDE = ir.IntType(128)


def _part(p: Ports, operand: Operand, kind: Type, into: ir.Type = I64) -> ir.Value:
    """A byte, half or word of a source, extended by its type; then -x."""
    value = p.raw(operand)
    if isinstance(operand, Register | Constant):
        half, byte = operand.half, operand.byte
        if (half is not None and kind.bits != 16) or (byte is not None and kind.bits != 8):
            raise p.refuse("a part is chosen of a source that is not as wide")
        down = 16 if half is Half.H1 else 8 * (byte or 0)
        value = p.b.lshr(value, I32(down)) if down else value
    narrow = p.b.trunc(value, ir.IntType(kind.bits)) if kind.bits < 32 else value
    wide = p.b.sext(narrow, into) if kind.signed else p.b.zext(narrow, into)
    return p.b.neg(wide) if getattr(operand, "negate", False) else wide


def _types(p: Ports, i: Instruction) -> tuple[Type, Type]:
    """One printed type per source, or none at all: both S32."""
    first, second = i.fields[FIRST_VIDEO], i.fields[SECOND_VIDEO]
    if (first is None) != (second is None):
        raise p.refuse("the type of one source is missing")
    return first or Type.S32, second or Type.S32


def _sources(p: Ports, i: Instruction) -> list[ir.Value]:
    return [_part(p, o, kind) for o, kind in zip(i.operands[1:3], _types(p, i), strict=True)]


def _clamp(p: Ports, value: ir.Value, low: int, high: int) -> ir.Value:
    kind = value.type
    value = p.b.select(p.b.icmp_signed("<", value, kind(low)), kind(low), value)
    return p.b.select(p.b.icmp_signed(">", value, kind(high)), kind(high), value)


def _range(bits: int, *, signed: bool) -> tuple[int, int]:
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


def _finish(p: Ports, i: Instruction, value: ir.Value, *, signed: bool) -> None:
    """Clamp to the result's type (narrow where it is merged), then the second operation with c."""
    second, merge = i.fields[SECONDARY]
    if i.fields[SATURATED]:
        value = _clamp(p, value, *_range(merge.bits if merge else 32, signed=signed))
    word, c = p.b.trunc(value, I32), p.integer(i.operands[3])
    compare = p.b.icmp_signed if signed else p.b.icmp_unsigned
    match second:
        case Secondary.NONE:
            pass
        case Secondary.ADD:
            word = p.b.add(word, c)
        case Secondary.MINIMUM:
            word = p.b.select(compare("<", word, c), word, c)
        case Secondary.MAXIMUM:
            word = p.b.select(compare(">", word, c), word, c)
        case Secondary.MERGE:
            assert merge is not None
            word = _merged(p, word, c, merge)
        case _:
            assert_never(second)
    p.write(i.operands[0], word)


def _merged(p: Ports, word: ir.Value, c: ir.Value, merge: Merge) -> ir.Value:
    mask = ((1 << merge.bits) - 1) << merge.place
    placed = p.b.and_(p.b.shl(word, I32(merge.place)), I32(mask))
    return p.b.or_(placed, p.b.and_(c, I32(~mask & 0xFFFFFFFF)))


@maxwell("VADD")
def vadd(p: Ports, i: Instruction) -> None:
    """a + b."""
    _finish(p, i, p.b.add(*_sources(p, i)), signed=not i.fields[UNSIGNED_RESULT])


@maxwell("VABSDIFF")
def vabsdiff(p: Ports, i: Instruction) -> None:
    """abs(a - b); the result is unsigned unless .SD."""
    _finish(p, i, _distance(p, *_sources(p, i)), signed=i.fields[SIGNED_RESULT])


def _distance(p: Ports, a: ir.Value, b: ir.Value) -> ir.Value:
    difference = p.b.sub(a, b)
    return p.b.select(p.b.icmp_signed("<", difference, difference.type(0)), p.b.neg(difference), difference)


@maxwell("VMNMX")
def vmnmx(p: Ports, i: Instruction) -> None:
    """min(a, b); .MX: max."""
    a, b = _sources(p, i)
    first = p.b.icmp_signed(">" if i.fields[LARGEST] else "<", a, b)
    _finish(p, i, p.b.select(first, a, b), signed=not i.fields[UNSIGNED_RESULT])


@maxwell("VSHL", "VSHR")
def vshift(p: Ports, i: Instruction) -> None:
    """a << b, a >> b (arithmetic for signed a); b is unsigned, at most 32, or modulo 32 (.W)."""
    kind, count_kind = _types(p, i)
    count = p.b.and_(_part(p, i.operands[2], count_kind), I64(0xFFFFFFFF))
    if i.fields[WRAPPED]:
        count = p.b.and_(count, I64(31))
    else:
        count = p.b.select(p.b.icmp_unsigned("<", count, I64(32)), count, I64(32))
    shift = p.b.shl if i.opcode == "VSHL" else p.b.ashr
    _finish(p, i, shift(_part(p, i.operands[1], kind), count), signed=not i.fields[UNSIGNED_RESULT])


@maxwell("VSET")
def vset(p: Ports, i: Instruction) -> None:
    """1 or 0, as a cc b."""
    a, b = _sources(p, i)
    truth = p.b.icmp_signed(SIGNS[i.fields[COMPARE_VIDEO]], a, b)
    _finish(p, i, p.b.zext(truth, I64), signed=False)


@maxwell("VMAD")
def vmad(p: Ports, i: Instruction) -> None:
    """a b + c exactly (.PO: + 1), shifted down (.SHR_7, .SHR_15), clamped (.SAT). The result and c are signed
    where a or b is, or where something is negated.
    """
    kinds = _types(p, i)
    a, b = (_part(p, o, kind, _WIDE) for o, kind in zip(i.operands[1:3], kinds, strict=True))
    negated = any(getattr(operand, "negate", False) for operand in i.operands[1:])
    signed = negated or any(kind.signed for kind in kinds)
    c = _part(p, i.operands[3], Type.S32 if signed else Type.U32, _WIDE)
    total = p.b.add(p.b.mul(a, b), c)
    if i.fields[PLUS_ONE]:
        if negated:
            raise p.refuse("one more than a negated product or sum has no known meaning")
        total = p.b.add(total, _WIDE(1))
    total = p.b.ashr(total, _WIDE(i.fields[PRODUCT_DOWN]))
    if i.fields[SATURATED]:
        total = _clamp(p, total, *_range(32, signed=signed))
    p.write(i.operands[0], p.b.trunc(total, I32))


@maxwell("VABSDIFF4")
def vabsdiff4(p: Ports, i: Instruction) -> None:
    """The distances of four pairs of bytes: in four bytes, or (.ACC) their sum plus c."""
    kinds = _types(p, i)
    if any(kind.bits != 8 for kind in kinds):
        raise p.refuse("four distances are those of bytes")
    added = i.fields[SECONDARY][0] is Secondary.ADD
    c = p.integer(i.operands[3])
    word: ir.Value = c if added else I32(0)
    words = [p.integer(operand) for operand in i.operands[1:3]]
    for k in range(4):
        a, b = (
            (p.b.sext if kind.signed else p.b.zext)(p.b.trunc(p.b.lshr(w, I32(8 * k)), ir.IntType(8)), I32)
            for w, kind in zip(words, kinds, strict=True)
        )
        distance = _distance(p, a, b)
        placed = distance if added else p.b.shl(p.b.and_(distance, I32(0xFF)), I32(8 * k))
        word = p.b.add(word, placed)
    p.write(i.operands[0], word)
