"""Directed rounding of doubles without touching the processor's rounding mode.

The nearest double r of a b + c is at hand (a fused multiply-add). Whether the exact value lies above or below
it is found out on numbers scaled to about 1, where neither overflow nor underflow disturbs (Boldo and Muller,
"Exact and approximated error of the FMA", 2011): the error of the scaled nearest value is a sum of two
doubles, the first of which has its sign. Where r itself has fewer bits (denormals), r and the scaled nearest
value differ by more than that error.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F64, I64, Ports
from sassafras.isa.opcodes.modifiers import Rounding

_SIGN = 1 << 63
_INFINITY = 0x7FF << 52
_FAR = 300  #: binary places below which an addend only says on which side of the other one the sum lies
_NO_EXPONENT = -4000  #: of zero


def _is_zero(p: Ports, x: ir.Value) -> ir.Value:
    return p.b.fcmp_ordered("==", x, F64(0.0))


def _split(p: Ports, x: ir.Value) -> tuple[ir.Value, ir.Value]:
    """A finite double as a number of [1, 2) with its sign (or zero) and an exponent (i64)."""
    bits = p.b.bitcast(x, I64)
    small = p.b.icmp_unsigned("==", p.b.and_(bits, I64(_INFINITY)), I64(0))
    bits = p.b.select(small, p.b.bitcast(p.b.fmul(x, F64(2.0**54)), I64), bits)
    field = p.b.and_(p.b.lshr(bits, I64(52)), I64(0x7FF))
    exponent = p.b.sub(field, p.b.select(small, I64(1023 + 54), I64(1023)))
    mantissa = p.b.or_(p.b.and_(bits, I64(_SIGN | (1 << 52) - 1)), I64(1023 << 52))
    zero = _is_zero(p, x)
    number = p.b.select(zero, F64(0.0), p.b.bitcast(mantissa, F64))
    return number, p.b.select(zero, I64(_NO_EXPONENT), exponent)


def _power(p: Ports, exponent: ir.Value) -> ir.Value:
    """2**exponent, for -1022 <= exponent <= 1023."""
    return p.b.bitcast(p.b.shl(p.b.add(exponent, I64(1023)), I64(52)), F64)


def _at_least(p: Ports, x: ir.Value, smallest: int) -> ir.Value:
    return p.b.select(p.b.icmp_signed("<", x, I64(smallest)), I64(smallest), x)


def _two_sum(p: Ports, x: ir.Value, y: ir.Value) -> tuple[ir.Value, ir.Value]:
    s = p.b.fadd(x, y)
    back = p.b.fsub(s, x)
    return s, p.b.fadd(p.b.fsub(x, p.b.fsub(s, back)), p.b.fsub(y, back))


def _fma_error(p: Ports, x: ir.Value, y: ir.Value, z: ir.Value) -> tuple[ir.Value, ir.Value]:
    """The nearest value of x y + z, and a number with the sign of what it lacks; all far from the limits."""
    nearest = p.intrinsic("llvm.fma", F64, x, y, z)
    product = p.b.fmul(x, y)
    rest = p.intrinsic("llvm.fma", F64, x, y, p.b.fneg(product))
    low, lowest = _two_sum(p, z, rest)
    high, middle = _two_sum(p, product, low)
    return nearest, p.b.fadd(p.b.fadd(p.b.fsub(high, nearest), middle), lowest)


def _scaled_error(p: Ports, a: ir.Value, b: ir.Value, c: ir.Value, r: ir.Value) -> ir.Value:
    """A number with the sign of a b + c - r, for finite numbers and r their nearest sum."""
    (x, x_exponent), (y, y_exponent), (z, z_exponent) = (_split(p, v) for v in (a, b, c))
    product = p.b.add(x_exponent, y_exponent)
    top = p.b.select(p.b.icmp_signed(">", product, z_exponent), product, z_exponent)
    x = p.b.fmul(x, _power(p, _at_least(p, p.b.sub(product, top), -_FAR)))
    z = p.b.fmul(z, _power(p, _at_least(p, p.b.sub(z_exponent, top), -_FAR)))
    nearest, error = _fma_error(p, x, y, z)
    # r is not zero only where the top is at least about -1076, so nothing is lost on the way.
    down = _at_least(p, p.b.neg(_at_least(p, top, -1100)), -1100)
    half = p.b.ashr(down, I64(1))
    scaled = p.b.fmul(p.b.fmul(r, _power(p, half)), _power(p, p.b.sub(down, half)))
    apart = p.b.fsub(nearest, scaled)
    return p.b.select(_is_zero(p, apart), error, apart)


def _up(p: Ports, bits: ir.Value) -> ir.Value:
    """The next double above (on the bits; not for NaN or +Inf)."""
    negative = p.b.icmp_signed("<", bits, I64(0))
    moved = p.b.select(negative, p.b.sub(bits, I64(1)), p.b.add(bits, I64(1)))
    zero = p.b.icmp_unsigned("==", p.b.shl(bits, I64(1)), I64(0))
    return p.b.select(zero, I64(1), moved)


def _down(p: Ports, bits: ir.Value) -> ir.Value:
    return p.b.xor(_up(p, p.b.xor(bits, I64(_SIGN))), I64(_SIGN))


def fused(p: Ports, mode: Rounding, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
    """a b + c with one rounding, in any mode."""
    r = p.intrinsic("llvm.fma", F64, a, b, c)
    if mode is Rounding.NEAREST:
        return r
    bits = p.b.bitcast(r, I64)
    error = _scaled_error(p, a, b, c, r)
    infinite = p.b.icmp_unsigned("==", p.b.and_(bits, I64(~_SIGN & (1 << 64) - 1)), I64(_INFINITY))
    minus = p.b.icmp_signed("<", bits, I64(0))
    # Behind the largest number: the exact sum is nearer to zero than the infinity.
    below = p.b.select(infinite, p.b.not_(minus), p.b.fcmp_ordered("<", error, F64(0.0)))
    above = p.b.select(infinite, minus, p.b.fcmp_ordered(">", error, F64(0.0)))
    higher = p.b.select(above, _up(p, bits), bits)
    lower = p.b.select(below, _down(p, bits), bits)
    match mode:
        case Rounding.UP:
            rounded = higher
        case Rounding.DOWN:
            rounded = p.b.select(_cancelled(p, a, b, c, r, error), I64(_SIGN), lower)
        case _:
            number = p.b.fcmp_ordered("!=", r, F64(0.0))
            inwards = p.b.select(minus, higher, lower)
            rounded = p.b.select(number, inwards, bits)
    return p.b.select(_all_finite(p, a, b, c), p.b.bitcast(rounded, F64), r)


def _all_finite(p: Ports, *values: ir.Value) -> ir.Value:
    finite = [p.b.fcmp_ordered("==", p.b.fsub(v, v), F64(0.0)) for v in values]
    return p.b.and_(p.b.and_(finite[0], finite[1]), finite[2])


def _cancelled(p: Ports, a: ir.Value, b: ir.Value, c: ir.Value, r: ir.Value, error: ir.Value) -> ir.Value:
    """An exact zero that is not the sum of two +0: -0 when rounding down."""
    signs = p.b.or_(
        p.b.xor(p.b.bitcast(a, I64), p.b.bitcast(b, I64)),
        p.b.bitcast(c, I64),
    )
    some_minus = p.b.icmp_signed("<", signs, I64(0))
    return p.b.and_(some_minus, p.b.and_(_is_zero(p, r), _is_zero(p, error)))
