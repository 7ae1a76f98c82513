"""Directed rounding without touching the processor's rounding mode.
 The exact value is held as a double ``s`` and the exact rest ``e`` (two-sum); the float nearest to ``s`` is
then moved by at most one step towards the wanted side. The products and sums of floats that occur here fit: a
product of two floats is exact in a double.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I32, Ports
from sassafras.isa.opcodes.modifiers import Rounding


def two_sum(p: Ports, x: ir.Value, y: ir.Value) -> tuple[ir.Value, ir.Value]:
    """s = fl(x + y) and e with s + e = x + y exactly (Knuth), in double."""
    s = p.b.fadd(x, y)
    back = p.b.fsub(s, x)
    e = p.b.fadd(p.b.fsub(x, p.b.fsub(s, back)), p.b.fsub(y, back))
    return s, e


def _next_up(p: Ports, bits: ir.Value) -> ir.Value:
    """The next float above (on the bits; not for NaN or +Inf)."""
    negative = p.b.icmp_signed("<", bits, I32(0))
    is_zero = p.b.icmp_unsigned("==", p.b.and_(bits, I32(0x7FFFFFFF)), I32(0))
    moved = p.b.select(negative, p.b.sub(bits, I32(1)), p.b.add(bits, I32(1)))
    return p.b.select(is_zero, I32(1), moved)


def _next_down(p: Ports, bits: ir.Value) -> ir.Value:
    return p.b.xor(_next_up(p, p.b.xor(bits, I32(0x80000000))), I32(0x80000000))


def directed(p: Ports, mode: Rounding, s: ir.Value, e: ir.Value) -> ir.Value:
    """The float (bits) that ``s + e`` rounds to in a directed mode. Inf and NaN pass
    through.
    """
    nearest = p.b.fptrunc(s, F32)
    bits = p.b.bitcast(nearest, I32)
    wide = p.b.fpext(nearest, F64)
    error = p.b.fadd(p.b.fsub(s, wide), e)
    too_low = p.b.fcmp_ordered(">", error, F64(0.0))
    too_high = p.b.fcmp_ordered("<", error, F64(0.0))
    up = p.b.select(too_low, _next_up(p, bits), bits)
    down = p.b.select(too_high, _next_down(p, bits), bits)
    if mode is Rounding.UP:
        rounded = up
    elif mode is Rounding.DOWN:
        rounded = down
    else:
        rounded = p.b.select(p.b.fcmp_ordered("<", s, F64(0.0)), up, down)
    # An infinite s is exact only if an operand was infinite; then there is nothing to correct.
    infinite = p.b.fcmp_unordered("uno", p.b.fsub(s, s), F64(0.0))
    return p.b.select(infinite, bits, rounded)


def sum_rounded(p: Ports, mode: Rounding, x: ir.Value, y: ir.Value) -> ir.Value:
    """Bits of x + y (doubles holding floats or products of two floats) rounded in a directed mode."""
    s, e = two_sum(p, x, y)
    result = directed(p, mode, s, e)
    if mode is not Rounding.DOWN:
        return result
    # An exact zero from opposite operands is -0 when rounding down; equal zeros keep their sign.
    both_plus = p.b.and_(_is_plus_zero(p, x), _is_plus_zero(p, y))
    zero = p.b.and_(p.b.fcmp_ordered("==", s, F64(0.0)), p.b.fcmp_ordered("==", e, F64(0.0)))
    minus = p.b.and_(zero, p.b.not_(both_plus))
    return p.b.select(minus, I32(0x80000000), result)


def _is_plus_zero(p: Ports, x: ir.Value) -> ir.Value:
    bits = p.b.bitcast(x, ir.IntType(64))
    return p.b.icmp_unsigned("==", bits, ir.IntType(64)(0))
