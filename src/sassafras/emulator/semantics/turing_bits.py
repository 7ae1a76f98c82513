"""Bit fields, dot products and differences of Turing and its successors. Source: sass-semantics, A3."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.convert import clamped
from sassafras.emulator.semantics.registry import turing
from sassafras.isa.opcodes.modifiers import RESULT, SIGNED, WRAPPED, Type
from sassafras.isa.opcodes.modifiers_of_turing import (
    ACCUMULATED,
    DOT_PART,
    DOT_WIDTH,
    FIRST_DOT_TYPE,
    SECOND_DOT_TYPE,
)
from sassafras.isa.operands import RZ, Register
from sassafras.isa.program import Instruction


def _count(p: Ports, i: Instruction, count: ir.Value) -> ir.Value:
    """A number of bits (i64): at most 32, or with .W its low five bits."""
    if i.fields[WRAPPED]:
        return p.b.zext(p.b.and_(count, I32(31)), I64)
    clamped = p.b.select(p.b.icmp_unsigned("<", count, I32(32)), count, I32(32))
    return p.b.zext(clamped, I64)


@turing("BMSK", "UBMSK")
def bmsk(p: Ports, i: Instruction) -> None:
    """d = b ones from bit a on."""
    d, *sources = i.operands
    start, length = (_count(p, i, p.integer(source)) for source in sources)
    ones = p.b.sub(p.b.shl(I64(1), length), I64(1))
    p.write(d, p.b.trunc(p.b.shl(ones, start), I32))


@turing("SGXT", "USGXT")
def sgxt(p: Ports, i: Instruction) -> None:
    """d = the n low bits of a, extended by their sign (.U32: by zeros); none of them give 0."""
    d, a, n = i.operands
    length = _count(p, i, p.integer(n))
    up = p.b.sub(I64(64), length)
    none = p.b.icmp_unsigned("==", length, I64(0))
    safe = p.b.select(none, I64(63), up)
    shifted = p.b.shl(p.b.zext(p.integer(a), I64), safe)
    field = (p.b.ashr if i.fields[SIGNED] else p.b.lshr)(shifted, safe)
    p.write(d, p.b.select(none, I32(0), p.b.trunc(field, I32)))


def _part(p: Ports, word: ir.Value, k: int, kind: Type) -> ir.Value:
    """The k-th number of a type in a word, as 32 bits."""
    narrow = p.b.trunc(p.b.lshr(word, I32(kind.bits * k)), ir.IntType(kind.bits))
    return (p.b.sext if kind.signed else p.b.zext)(narrow, I32)


@turing("IDP")
def idp(p: Ports, i: Instruction) -> None:
    """d = c + the sum of four products of bytes, or (.2A) of two of halves of a and bytes of b."""
    d, a, b, c = i.operands
    count, first, second = i.fields[DOT_WIDTH], i.fields[FIRST_DOT_TYPE], i.fields[SECOND_DOT_TYPE]
    if first.bits * count != 32:
        raise p.refuse("the factors fill a word: four bytes, or two halves")
    start = 2 * i.fields[DOT_PART]
    total, x, y = p.integer(c), p.integer(a), p.integer(b)
    for k in range(count):
        total = p.b.add(total, p.b.mul(_part(p, x, k, first), _part(p, y, start + k, second)))
    p.write(d, total)


def _difference(p: Ports, x: ir.Value, y: ir.Value, *, signed: bool) -> ir.Value:
    """|x - y|, modulo 2**32."""
    less = (p.b.icmp_signed if signed else p.b.icmp_unsigned)("<", x, y)
    return p.b.select(less, p.b.sub(y, x), p.b.sub(x, y))


@turing("VABSDIFF")
def vabsdiff(p: Ports, i: Instruction) -> None:
    """d = |a - b| + c."""
    d, *sources = i.operands
    x, y, z = (p.integer(source) for source in sources)
    p.write(d, p.b.add(_difference(p, x, y, signed=i.fields[SIGNED]), z))


@turing("VABSDIFF4")
def vabsdiff4(p: Ports, i: Instruction) -> None:
    """d = c + the sum of the differences of the bytes of a and b."""
    d, *sources = i.operands
    if not i.fields[ACCUMULATED]:
        raise p.refuse("four differences are emulated with .ACC, which adds them")
    x, y, total = (p.integer(source) for source in sources)
    for k in range(4):
        one, other = (_part(p, v, k, Type.U8) for v in (x, y))
        total = p.b.add(total, _difference(p, one, other, signed=True))
    p.write(d, total)


@turing("I2IP")
def i2ip(p: Ports, i: Instruction) -> None:
    """d = b clamped to a type, above it a, above both what fits of c (PTX, "cvt.pack"); c is RZ where nothing
    does.
    """
    d, a, b, c = i.operands
    kind = i.fields[RESULT]
    if kind.bits == 16 and c != Register(RZ):
        raise p.refuse("two halves leave no room for a third operand")
    parts = [clamped(p, p.b.sext(p.integer(x), I64), kind.bits, signed=kind.signed) for x in (b, a)]
    parts.append(p.b.zext(p.integer(c), I64))
    mask = I64((1 << kind.bits) - 1)
    low, middle, rest = p.b.and_(parts[0], mask), p.b.and_(parts[1], mask), parts[2]
    joined = p.b.or_(low, p.b.shl(middle, I64(kind.bits)))
    p.write(d, p.b.trunc(p.b.or_(joined, p.b.shl(rest, I64(2 * kind.bits))), I32))
