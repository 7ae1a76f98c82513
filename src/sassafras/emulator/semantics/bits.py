"""Bit fields, counts, byte permutation."""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.emulator.ports import I1, I32, I64, Ports
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.isa.opcodes.modifiers import BYTE_PICK, REVERSED, SHIFT_AMOUNT, SIGNED, BytePick
from sassafras.isa.program import Instruction


def _field(p: Ports, control: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Position and length of a bit field: bytes 0 and 1 of the control word."""
    return p.b.and_(control, I32(0xFF)), p.b.and_(p.b.lshr(control, I32(8)), I32(0xFF))


def _low_mask(p: Ports, length: ir.Value) -> ir.Value:
    """A 32-bit mask of ``length`` low bits (all of them from 32 on)."""
    safe = p.b.select(p.b.icmp_unsigned("<", length, I32(32)), length, I32(32))
    return p.b.trunc(p.b.sub(p.b.shl(I64(1), p.b.zext(safe, I64)), I64(1)), I32)


@maxwell("BFE")
def bfe(p: Ports, i: Instruction) -> None:
    """Extract a bit field by PTX's rule: past the top come zeros, or the sign for signed fields."""
    d, a, control = i.operands
    value = p.integer(a)
    if i.fields[REVERSED]:
        value = p.intrinsic("llvm.bitreverse", I32, value)
    position, length = _field(p, p.integer(control))
    position = p.b.select(p.b.icmp_unsigned("<", position, I32(63)), position, I32(63))
    wide = p.b.sext(value, I64) if i.fields[SIGNED] else p.b.zext(value, I64)
    shifted = p.b.trunc(p.b.ashr(wide, p.b.zext(position, I64)), I32)
    result = p.b.and_(shifted, _low_mask(p, length))
    if i.fields[SIGNED]:
        result = _sign_fill(p, result, length, value, position)
    p.write(d, result)


def _sign_fill(p: Ports, field: ir.Value, length: ir.Value, value: ir.Value, position: ir.Value) -> ir.Value:
    """Fill above the field with its sign bit, which is bit min(position + length - 1, 31) of the value."""
    last = p.b.sub(p.b.add(position, length), I32(1))
    top = p.b.select(p.b.icmp_unsigned("<", last, I32(31)), last, I32(31))
    negative = p.b.trunc(p.b.lshr(value, top), I1)
    filled = p.b.or_(field, p.b.not_(_low_mask(p, length)))
    signed = p.b.select(negative, filled, field)
    return p.b.select(p.b.icmp_unsigned("==", length, I32(0)), I32(0), signed)


@maxwell("BFI")
def bfi(p: Ports, i: Instruction) -> None:
    """Insert the low bits of a into c at a position."""
    d, a, control, c = i.operands
    position, length = _field(p, p.integer(control))
    base = p.integer(c)
    inside = p.b.icmp_unsigned("<", position, I32(32))
    shift = p.b.select(inside, position, I32(0))
    mask = p.b.shl(_low_mask(p, length), shift)
    merged = p.b.or_(p.b.and_(base, p.b.not_(mask)), p.b.and_(p.b.shl(p.integer(a), shift), mask))
    p.write(d, p.b.select(inside, merged, base))


@turing("FLO", "UFLO")
@maxwell("FLO")
def flo(p: Ports, i: Instruction) -> None:
    """Index of the highest set bit (signed: of the highest bit unlike the sign), all ones if none; .SH: 31 -
    index.
    """
    d, a = i.operands
    value = p.integer(a)
    if i.fields[SIGNED]:
        value = p.b.xor(value, p.b.ashr(value, I32(31)))
    zeros = p.b.call(
        p.b.module.declare_intrinsic("llvm.ctlz", [I32], ir.FunctionType(I32, [I32, I1])), [value, I1(0)]
    )
    found = zeros if i.fields[SHIFT_AMOUNT] else p.b.sub(I32(31), zeros)
    p.write(d, p.b.select(p.b.icmp_unsigned("==", value, I32(0)), I32(0xFFFFFFFF), found))


@turing("POPC", "UPOPC")
@maxwell("POPC")
def popc(p: Ports, i: Instruction) -> None:
    """Number of set bits (of the AND of both operands where there are two)."""
    d, *sources = i.operands
    value = p.integer(sources[0])
    for other in sources[1:]:
        value = p.b.and_(value, p.integer(other))
    p.write(d, p.intrinsic("llvm.ctpop", I32, value))


def _by_nibbles(p: Ports, selector: ir.Value, k: int) -> tuple[ir.Value, ir.Value]:
    """Which byte of {b, a} byte k of the result is, and whether its sign takes its place."""
    nibble = p.b.lshr(selector, I32(4 * k))
    return p.b.and_(nibble, I32(7)), p.b.icmp_unsigned("!=", p.b.and_(nibble, I32(8)), I32(0))


def _by_pick(p: Ports, pick: BytePick, selector: ir.Value, k: int) -> ir.Value:
    """Which byte of {b, a} byte k of the result is, in one of PTX's other modes."""
    n = p.b.and_(selector, I32(3))
    match pick:
        case BytePick.FORWARD:
            return p.b.add(n, I32(k))
        case BytePick.BACKWARD:
            return p.b.and_(p.b.sub(n, I32(k)), I32(7))
        case BytePick.REPLICATE:
            return n
        case BytePick.EDGE_LEFT:
            return p.b.select(p.b.icmp_unsigned(">", n, I32(k)), n, I32(k))
        case BytePick.EDGE_RIGHT:
            return p.b.select(p.b.icmp_unsigned("<", n, I32(k)), n, I32(k))
        case BytePick.REPLICATE_HALF:
            return p.b.or_(p.b.shl(p.b.and_(n, I32(1)), I32(1)), I32(k & 1))
        case BytePick.BY_NIBBLES:
            raise AssertionError(pick)
        case _:
            assert_never(pick)


@turing("PRMT", "UPRMT")
@maxwell("PRMT")
def prmt(p: Ports, i: Instruction) -> None:
    """Pick four bytes of {b, a} by nibbles of the selector; bit 3 of a nibble replicates the byte's sign.
    .F4E and its like: by the selector's two lowest bits (PTX ISA, prmt).
    """
    d, a, selector, b = i.operands
    wide = p.b.or_(p.b.zext(p.integer(a), I64), p.b.shl(p.b.zext(p.integer(b), I64), I64(32)))
    select, pick = p.integer(selector), i.fields[BYTE_PICK]
    result: ir.Value = I32(0)
    for k in range(4):
        by_nibbles = pick is BytePick.BY_NIBBLES
        number, as_sign = _by_nibbles(p, select, k) if by_nibbles else (_by_pick(p, pick, select, k), None)
        shift = p.b.zext(p.b.shl(number, I32(3)), I64)
        byte = p.b.and_(p.b.trunc(p.b.lshr(wide, shift), I32), I32(0xFF))
        if as_sign is not None:
            sign = p.b.select(p.b.icmp_unsigned("!=", p.b.and_(byte, I32(0x80)), I32(0)), I32(0xFF), I32(0))
            byte = p.b.select(as_sign, sign, byte)
        result = p.b.or_(result, p.b.shl(byte, I32(8 * k)))
    p.write(d, result)
