"""Half precision (binary16, bfloat16) in the low 16 bits of a word: to and from single precision.

Integers and one product by a power of two, so that no machine's own conversions decide the bits.
"""

from __future__ import annotations

from typing import NamedTuple

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I32, Ports
from sassafras.emulator.semantics.rounding import directed
from sassafras.isa.opcodes.modifiers import Rounding

CANONICAL_NAN = 0x7FFF  # CUDA's, of every conversion to half
_INFINITY = 0x7C00
_ONE = 0x3C00
_SINGLE_NAN = 0x7FFFFFFF


def single_of_half(p: Ports, half: ir.Value) -> ir.Value:
    """Bits of the float with the value of a half (exact; a NaN becomes the canonical one)."""
    magnitude = p.b.and_(half, I32(0x7FFF))
    sign = p.b.shl(p.b.and_(half, I32(0x8000)), I32(16))
    # The fields of a half, moved to a float's places, mean 2^-112 of what they meant: denormals too.
    moved = p.b.bitcast(p.b.shl(magnitude, I32(13)), F32)
    number = p.b.bitcast(p.b.fmul(moved, F32(2.0**112)), I32)
    number = p.b.select(p.b.icmp_unsigned("==", magnitude, I32(_INFINITY)), I32(0x7F800000), number)
    nan = p.b.icmp_unsigned(">", magnitude, I32(_INFINITY))
    return p.b.select(nan, I32(_SINGLE_NAN), p.b.or_(number, sign))


def half_of_single(p: Ports, mode: Rounding, bits: ir.Value) -> ir.Value:
    """The half (in the low 16 bits) that a float's bits round to: denormal halves, overflow by the mode."""
    magnitude = p.b.and_(bits, I32(0x7FFFFFFF))
    negative = p.b.icmp_signed("<", bits, I32(0))
    rounded = _magnitude(p, mode, magnitude, negative)
    largest = {
        Rounding.NEAREST: I32(_INFINITY),
        Rounding.ZERO: I32(_INFINITY - 1),
        Rounding.UP: p.b.select(negative, I32(_INFINITY - 1), I32(_INFINITY)),
        Rounding.DOWN: p.b.select(negative, I32(_INFINITY), I32(_INFINITY - 1)),
    }[mode]
    rounded = p.b.select(p.b.icmp_unsigned(">=", rounded, I32(_INFINITY)), largest, rounded)
    rounded = p.b.select(p.b.icmp_unsigned("==", magnitude, I32(0x7F800000)), I32(_INFINITY), rounded)
    signed = p.b.or_(rounded, p.b.select(negative, I32(0x8000), I32(0)))
    return p.b.select(p.b.icmp_unsigned(">", magnitude, I32(0x7F800000)), I32(CANONICAL_NAN), signed)


def _magnitude(p: Ports, mode: Rounding, magnitude: ir.Value, negative: ir.Value) -> ir.Value:
    """The rounded fields of a half, beyond its largest number too."""
    field = p.b.lshr(magnitude, I32(23))
    hidden = p.b.select(p.b.icmp_unsigned("==", field, I32(0)), I32(0), I32(1 << 23))
    significand = p.b.or_(p.b.and_(magnitude, I32((1 << 23) - 1)), hidden)
    # From exponent field 113 on halves are normal; each step below costs one more bit.
    normal = p.b.icmp_unsigned(">=", field, I32(113))
    lost = p.b.select(normal, I32(13), p.b.sub(I32(126), field))
    lost = p.b.select(p.b.icmp_unsigned("<", lost, I32(25)), lost, I32(25))
    kept = p.b.lshr(significand, lost)
    rest = p.b.and_(significand, p.b.sub(p.b.shl(I32(1), lost), I32(1)))
    middle = p.b.shl(I32(1), p.b.sub(lost, I32(1)))
    inexact = p.b.icmp_unsigned("!=", rest, I32(0))
    odd = p.b.icmp_unsigned("!=", p.b.and_(kept, I32(1)), I32(0))
    tie = p.b.and_(p.b.icmp_unsigned("==", rest, middle), odd)
    away = {
        Rounding.NEAREST: p.b.or_(p.b.icmp_unsigned(">", rest, middle), tie),
        Rounding.UP: p.b.and_(inexact, p.b.not_(negative)),
        Rounding.DOWN: p.b.and_(inexact, negative),
        Rounding.ZERO: ir.Constant(ir.IntType(1), 0),
    }[mode]
    binade = p.b.select(normal, p.b.shl(p.b.sub(field, I32(113)), I32(10)), I32(0))
    return p.b.add(p.b.add(binade, kept), p.b.select(away, I32(1), I32(0)))


class Format(NamedTuple):
    """A format of 16 bits: the bits of infinity and of 1."""

    infinity: int
    one: int


BINARY16 = Format(_INFINITY, _ONE)
BFLOAT16 = Format(0x7F80, 0x3F80)


def saturate_half(p: Ports, half: ir.Value, kind: Format = BINARY16) -> ir.Value:
    """Clamp to [+0, 1]; NaN becomes +0."""
    outside = p.b.icmp_unsigned(">", half, I32(kind.infinity))  # NaN, or any number with a sign
    low = p.b.select(outside, I32(0), half)
    return p.b.select(p.b.icmp_unsigned(">", low, I32(kind.one)), I32(kind.one), low)


def flush_half(p: Ports, half: ir.Value, kind: Format) -> ir.Value:
    """Denormals to zero of the same sign."""
    small = p.b.icmp_unsigned("==", p.b.and_(half, I32(kind.infinity)), I32(0))
    return p.b.select(small, p.b.and_(half, I32(0x8000)), half)


def single_of(p: Ports, half: ir.Value, kind: Format) -> ir.Value:
    """Bits of the float with the value of a number of 16 bits (exact)."""
    return single_of_half(p, half) if kind is BINARY16 else p.b.shl(half, I32(16))


def narrowed(p: Ports, mode: Rounding, bits: ir.Value, kind: Format) -> ir.Value:
    """The number of 16 bits (the low ones) that a float's bits round to."""
    return half_of_single(p, mode, bits) if kind is BINARY16 else _brain_of_single(p, mode, bits)


def _brain_of_single(p: Ports, mode: Rounding, bits: ir.Value) -> ir.Value:
    """bfloat16 is the upper half of a float; a carry out of the fraction goes into the exponent."""
    kept, rest = p.b.lshr(bits, I32(16)), p.b.and_(bits, I32(0xFFFF))
    inexact = p.b.icmp_unsigned("!=", rest, I32(0))
    negative = p.b.icmp_signed("<", bits, I32(0))
    odd = p.b.icmp_unsigned("!=", p.b.and_(kept, I32(1)), I32(0))
    tie = p.b.and_(p.b.icmp_unsigned("==", rest, I32(0x8000)), odd)
    away = {
        Rounding.NEAREST: p.b.or_(p.b.icmp_unsigned(">", rest, I32(0x8000)), tie),
        Rounding.UP: p.b.and_(inexact, p.b.not_(negative)),
        Rounding.DOWN: p.b.and_(inexact, negative),
        Rounding.ZERO: ir.Constant(ir.IntType(1), 0),
    }[mode]
    rounded = p.b.add(kept, p.b.select(away, I32(1), I32(0)))
    nan = p.b.icmp_unsigned(">", p.b.and_(bits, I32(0x7FFFFFFF)), I32(0x7F800000))
    return p.b.select(nan, I32(CANONICAL_NAN), rounded)


def odd_single(p: Ports, s: ir.Value, e: ir.Value) -> ir.Value:
    """The float (bits) towards zero from ``s + e`` (doubles), its last bit set where that is not exact:
    rounded once more, to a number of 16 bits, it gives what the sum itself rounds to.
    """
    bits = directed(p, Rounding.ZERO, s, e)
    error = p.b.fadd(p.b.fsub(s, p.b.fpext(p.b.bitcast(bits, F32), F64)), e)
    inexact = p.b.fcmp_ordered("!=", error, F64(0.0))  # an infinity has none
    return p.b.or_(bits, p.b.select(inexact, I32(1), I32(0)))
