"""Shifts. Counts are clamped as the hardware does it (LLVM leaves large counts undefined)."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.opcodes.modifiers import FUNNEL_TYPE, SIDE, SIGNED, WRAPPED, Side
from sassafras.isa.program import Instruction


def _minimum(p: Ports, value: ir.Value, largest: int) -> ir.Value:
    """min(value, largest), unsigned."""
    return p.b.select(p.b.icmp_unsigned("<", value, I32(largest)), value, I32(largest))


@maxwell("SHL")
def shl(p: Ports, i: Instruction) -> None:
    """d = a << n; n >= 32 gives 0; .W: n mod 32."""
    d, a, n = i.operands
    count = p.integer(n)
    count = p.b.and_(count, I32(31)) if i.fields[WRAPPED] else _minimum(p, count, 63)
    p.write(d, p.b.trunc(p.b.shl(p.b.zext(p.integer(a), I64), p.b.zext(count, I64)), I32))


@maxwell("SHR")
def shr(p: Ports, i: Instruction) -> None:
    """d = a >> n, arithmetic unless .U32; n >= 32 gives 0 or the sign; .W: n mod 32."""
    d, a, n = i.operands
    count = p.integer(n)
    count = p.b.and_(count, I32(31)) if i.fields[WRAPPED] else _minimum(p, count, 63)
    value = p.integer(a)
    signed = i.fields[SIGNED]
    wide = p.b.sext(value, I64) if signed else p.b.zext(value, I64)
    shift = p.b.ashr if signed else p.b.lshr
    p.write(d, p.b.trunc(shift(wide, p.b.zext(count, I64)), I32))


def _funnel_count(p: Ports, i: Instruction) -> ir.Value:
    """The count of a funnel shift as i64: clamped to 32 (64 for the 64-bit forms), or wrapped (.W)."""
    largest = i.fields[FUNNEL_TYPE].bits
    count = p.integer(i.operands[2])
    count = p.b.and_(count, I32(largest - 1)) if i.fields[WRAPPED] else _minimum(p, count, largest)
    return p.b.zext(count, I64)


@maxwell("SHF")
def shf(p: Ports, i: Instruction) -> None:
    """Funnel shift of {hi, lo}: .L gives the high word, .R the low word."""
    d, low, _, high = i.operands
    wide = p.b.or_(p.b.zext(p.integer(low), I64), p.b.shl(p.b.zext(p.integer(high), I64), I64(32)))
    count = _funnel_count(p, i)
    all_out = p.b.icmp_unsigned(">=", count, I64(64))
    safe = p.b.and_(count, I64(63))
    if i.fields[SIDE] is Side.LEFT:
        shifted = p.b.select(all_out, I64(0), p.b.shl(wide, safe))
        p.write(d, p.b.trunc(p.b.lshr(shifted, I64(32)), I32))
        return
    if i.fields[FUNNEL_TYPE].signed:
        fill = p.b.ashr(wide, I64(63))
        shifted = p.b.select(all_out, fill, p.b.ashr(wide, safe))
    else:
        shifted = p.b.select(all_out, I64(0), p.b.lshr(wide, safe))
    p.write(d, p.b.trunc(shifted, I32))
