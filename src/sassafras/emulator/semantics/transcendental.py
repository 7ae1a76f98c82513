"""The special function unit (MUFU) as LLVM IR: float -> float, the same bits on every machine.

Definition (DESIGN section 4, ``sass-semantics.md`` section 8): the correctly rounded function of the input,
denormal inputs and results flushed to zero of the same sign, every NaN result 0x7fffffff. Low bits of real
MUFU tables after G80 are not public; ours lie within the documented error bounds (2 ulp).

How: the function is evaluated in binary64 by series whose coefficients come from exact fractions, with plain
multiplies and adds (no FMA, no call of a mathematics library, so nothing depends on the host), and rounded
once to binary32. EX2, RCP, RSQ and SQRT are proven equal to the correctly rounded value by exhaustive tests;
LG2, SIN and COS carry a relative error below 2^-48 before that one rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial
from typing import Final

from llvmlite import ir

FLOAT: Final = ir.FloatType()
DOUBLE: Final = ir.DoubleType()
I32: Final = ir.IntType(32)
I64: Final = ir.IntType(64)

CANONICAL_NAN: Final = 0x7FFFFFFF
CANONICAL_UPPER_NAN: Final = 0xFFF80000  #: of a double
SIGN: Final = 0x80000000
INFINITY: Final = 0x7F800000

LN2: Final = Fraction("0.693147180559945309417232121458176568075500134360255254120680")
HALF_PI: Final = Fraction("1.570796326794896619231321691639751442098584699687552910487472")
EX2_SERIES: Final = tuple(float(LN2**k / factorial(k)) for k in range(15))
"""2^f = sum c_k f^k, |f| <= 1/2"""
LN2_HIGH: Final = float(Fraction(int(LN2 * (1 << 29)), 1 << 29))
LN2_LOW: Final = float(LN2 - Fraction(int(LN2 * (1 << 29)), 1 << 29))
LG2_SERIES: Final = tuple(float(2 / (LN2 * (2 * k + 1))) for k in range(11))
"""log2((1+s)/(1-s)) = s * sum c_k s^2k"""
SIN_SERIES: Final = tuple(float(Fraction((-1) ** k, factorial(2 * k + 1))) for k in range(9))
"""sin r = r * sum c_k r^2k"""
COS_SERIES: Final = tuple(float(Fraction((-1) ** k, factorial(2 * k))) for k in range(9))
"""cos r = sum c_k r^2k"""
ANGLE_LIMIT: Final = float(1 << 20)  #: largest |x| (radians) that SIN and COS reduce


def _split_half_pi() -> tuple[float, float, float]:
    """pi/2 as a sum of pieces of 32 bits: a quadrant number below 2^21 times the first two is exact."""
    pieces = []
    rest = HALF_PI
    for shift in (31, 63):
        piece = Fraction(int(rest * (1 << shift)), 1 << shift)
        pieces.append(float(piece))
        rest -= piece
    return pieces[0], pieces[1], float(rest)


HALF_PI_PIECES: Final = _split_half_pi()


def bits_of(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """The 32 bits of a float, as an integer value."""
    return builder.bitcast(x, I32)


def float_of(builder: ir.IRBuilder, bits: ir.Value | int) -> ir.Value:
    """The float with these 32 bits."""
    if isinstance(bits, int):
        bits = ir.Constant(I32, bits)
    return builder.bitcast(bits, FLOAT)


def emit_canonical_nan(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """``x``, or the one NaN 0x7fffffff where ``x`` is any NaN."""
    return builder.select(builder.fcmp_unordered("uno", x, x), float_of(builder, CANONICAL_NAN), x)


def emit_flush(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """``x``, or zero of its sign where ``x`` is denormal (the .FTZ rule)."""
    bits = bits_of(builder, x)
    exponent = builder.and_(bits, ir.Constant(I32, INFINITY))
    zero = builder.and_(bits, ir.Constant(I32, SIGN))
    tiny = builder.icmp_unsigned("==", exponent, ir.Constant(I32, 0))
    return float_of(builder, builder.select(tiny, zero, bits))


def _finish(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Round a binary64 value once to binary32, flush, canonicalise."""
    return emit_canonical_nan(builder, emit_flush(builder, builder.fptrunc(value, FLOAT)))


def _double(value: float) -> ir.Constant:
    return ir.Constant(DOUBLE, value)


def _horner(builder: ir.IRBuilder, x: ir.Value, coefficients: Sequence[float]) -> ir.Value:
    """c0 + x (c1 + x (c2 + ...)) in binary64."""
    value: ir.Value = _double(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        value = builder.fadd(builder.fmul(value, x), _double(c))
    return value


def _is_nan(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return builder.fcmp_unordered("uno", x, x)


def _nearest(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """The integer (as binary64) nearest to a binary64 |x| < 2^51: adding and subtracting 1.5 * 2^52 leaves
    nothing behind the point.
    """
    shift = _double(1.5 * 2.0**52)
    return builder.fsub(builder.fadd(x, shift), shift)


def _within(builder: ir.IRBuilder, x: ir.Value, limit: float) -> ir.Value:
    """A binary64 clamped to [-limit, limit]; NaN becomes -limit, so that what follows stays defined."""
    above = builder.select(builder.fcmp_ordered(">", x, _double(-limit)), x, _double(-limit))
    return builder.select(builder.fcmp_ordered("<", above, _double(limit)), above, _double(limit))


def _exact_sum(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> tuple[ir.Value, ir.Value]:
    """a + b in binary64 and what the rounding lost, for |a| >= |b|."""
    total = builder.fadd(a, b)
    return total, builder.fsub(b, builder.fsub(total, a))


def _to_odd(builder: ir.IRBuilder, value: ir.Value, lost: ir.Value) -> ir.Value:
    """A positive binary64 sum rounded to odd instead: then a second rounding, to binary32, is right."""
    bits = builder.bitcast(value, I64)
    zero = _double(0.0)
    up = ir.Constant(I64, 1)
    step = builder.select(builder.fcmp_ordered(">", lost, zero), up, ir.Constant(I64, -1))
    even = builder.icmp_unsigned("==", builder.and_(bits, up), ir.Constant(I64, 0))
    inexact = builder.fcmp_ordered("!=", lost, zero)
    moved = builder.add(bits, step)
    return builder.bitcast(builder.select(builder.and_(even, inexact), moved, bits), DOUBLE)


def _power_of_two(builder: ir.IRBuilder, f: ir.Value) -> ir.Value:
    """2^f of a float |f| <= 1/2 held as binary64, rounded to odd.

    Some powers lie within 2^-57 of the middle between two floats, so the first-order term is carried exactly:
    the high part of ln 2 has 29 bits and f has 24.
    """
    first, lost = _exact_sum(builder, _double(1.0), builder.fmul(f, _double(LN2_HIGH)))
    square = builder.fmul(f, f)
    rest = builder.fmul(square, _horner(builder, f, EX2_SERIES[2:]))
    rest = builder.fadd(rest, builder.fadd(lost, builder.fmul(f, _double(LN2_LOW))))
    return _to_odd(builder, *_exact_sum(builder, first, rest))


def emit_ex2(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.EX2: 2^x, correctly rounded. -Inf -> +0, +-0 and denormals -> 1, results below 2^-126 -> +0."""
    clamped = _within(builder, builder.fpext(emit_flush(builder, x), DOUBLE), 200.0)
    whole = _nearest(builder, clamped)
    fraction = builder.fsub(clamped, whole)
    biased = builder.add(builder.fptosi(whole, I32), ir.Constant(I32, 1023))
    scale = builder.bitcast(builder.shl(builder.zext(biased, I64), ir.Constant(I64, 52)), DOUBLE)
    power = builder.fmul(_power_of_two(builder, fraction), scale)
    result = emit_flush(builder, builder.fptrunc(power, FLOAT))
    return builder.select(_is_nan(builder, x), float_of(builder, CANONICAL_NAN), result)


def emit_rcp(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.RCP: 1/x, correctly rounded (a binary64 quotient of floats never lies where a second rounding
    errs). +-0 -> +-Inf.
    """
    wide = builder.fpext(emit_flush(builder, x), DOUBLE)
    return _finish(builder, builder.fdiv(_double(1.0), wide))


def _square_root(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    root = builder.module.declare_intrinsic("llvm.sqrt", [DOUBLE])
    return builder.call(root, [builder.fpext(emit_flush(builder, x), DOUBLE)])


def emit_rsq(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.RSQ: 1/sqrt(x), correctly rounded. +-0 -> +-Inf, negative -> NaN, +Inf -> +0."""
    return _finish(builder, builder.fdiv(_double(1.0), _square_root(builder, x)))


def _flushed_double(builder: ir.IRBuilder, bits: ir.Value) -> ir.Value:
    """The 64 bits of a double, or of zero of its sign where it is denormal."""
    exponent = builder.and_(bits, ir.Constant(I64, 0x7FF << 52))
    zero = builder.and_(bits, ir.Constant(I64, 1 << 63))
    return builder.select(builder.icmp_unsigned("==", exponent, ir.Constant(I64, 0)), zero, bits)


def _upper_word(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """The upper word of a double result, flushed; NaN canonical."""
    bits = _flushed_double(builder, builder.bitcast(value, I64))
    word = builder.trunc(builder.lshr(bits, ir.Constant(I64, 32)), I32)
    return builder.select(_is_nan(builder, value), ir.Constant(I32, CANONICAL_UPPER_NAN), word)


def _of_upper_word(builder: ir.IRBuilder, word: ir.Value) -> ir.Value:
    wide = builder.shl(builder.zext(word, I64), ir.Constant(I64, 32))
    return builder.bitcast(_flushed_double(builder, wide), DOUBLE)


def emit_rcp64h(builder: ir.IRBuilder, word: ir.Value) -> ir.Value:
    """MUFU.RCP64H: the upper word of 1/x, from that of a double x (i32 -> i32).

    Modelled: the quotient of the double with that upper word and nothing below, rounded to double, its lower
    word left out. Compiled divisions and roots then give IEEE's results, as they do for any value that is not
    below the truncated one. Denormals count as zero on both sides; +-0 -> +-Inf.
    """
    return _upper_word(builder, builder.fdiv(_double(1.0), _of_upper_word(builder, word)))


def emit_rsq64h(builder: ir.IRBuilder, word: ir.Value) -> ir.Value:
    """MUFU.RSQ64H: the upper word of 1/sqrt(x), as `emit_rcp64h`. +-0 -> +-Inf, negative -> NaN."""
    root = builder.module.declare_intrinsic("llvm.sqrt", [DOUBLE])
    value = _of_upper_word(builder, word)
    return _upper_word(builder, builder.fdiv(_double(1.0), builder.call(root, [value])))


def emit_sqrt(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.SQRT: sqrt(x), correctly rounded. +-0 -> +-0, negative -> NaN."""
    return _finish(builder, _square_root(builder, x))


def emit_lg2(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.LG2: log2(x). +-0 and denormals -> -Inf, negative -> NaN, +Inf -> +Inf. 1 -> +0."""
    flushed = emit_flush(builder, x)
    bits = bits_of(builder, flushed)
    # x = m 2^e with m in [1/sqrt 2, sqrt 2): the offset moves the border of the binades to 0x3f3504f3.
    offset = builder.sub(bits, ir.Constant(I32, 0x3F3504F3))
    exponent = builder.ashr(offset, ir.Constant(I32, 23))
    mantissa = float_of(builder, builder.sub(bits, builder.shl(exponent, ir.Constant(I32, 23))))
    m = builder.fpext(mantissa, DOUBLE)
    s = builder.fdiv(builder.fsub(m, _double(1.0)), builder.fadd(m, _double(1.0)))
    series = builder.fmul(s, _horner(builder, builder.fmul(s, s), LG2_SERIES))
    result = _finish(builder, builder.fadd(builder.sitofp(exponent, DOUBLE), series))
    zero = ir.Constant(FLOAT, 0.0)
    result = builder.select(
        builder.fcmp_ordered("==", flushed, zero), float_of(builder, SIGN | INFINITY), result
    )
    at_top = builder.icmp_unsigned("==", bits, ir.Constant(I32, INFINITY))
    result = builder.select(at_top, float_of(builder, INFINITY), result)
    outside = builder.or_(builder.fcmp_ordered("<", flushed, zero), _is_nan(builder, x))
    return builder.select(outside, float_of(builder, CANONICAL_NAN), result)


def _reduce_angle(builder: ir.IRBuilder, x: ir.Value) -> tuple[ir.Value, ir.Value]:
    """A float in radians -> (r in [-pi/4, pi/4] as binary64, quadrant as i32), zero beyond ANGLE_LIMIT and
    for NaN.
    """
    wide = builder.fpext(emit_flush(builder, x), DOUBLE)
    magnitude = builder.select(builder.fcmp_ordered("<", wide, _double(0.0)), builder.fneg(wide), wide)
    usable = builder.fcmp_ordered("<=", magnitude, _double(ANGLE_LIMIT))
    angle = builder.select(usable, wide, _double(0.0))
    quadrant = _nearest(builder, builder.fmul(angle, _double(float(1 / HALF_PI))))
    rest = angle
    for piece in HALF_PI_PIECES:
        rest = builder.fsub(rest, builder.fmul(quadrant, _double(piece)))
    return rest, builder.fptosi(quadrant, I32)


def _emit_sine(builder: ir.IRBuilder, x: ir.Value, turn: int) -> ir.Value:
    """sin(x + turn * pi/2); NaN for infinite x and NaN."""
    r, quadrant = _reduce_angle(builder, x)
    quadrant = builder.add(quadrant, ir.Constant(I32, turn))
    square = builder.fmul(r, r)
    sine = builder.fmul(r, _horner(builder, square, SIN_SERIES))
    cosine = _horner(builder, square, COS_SERIES)
    odd = builder.trunc(quadrant, ir.IntType(1))
    value = builder.select(odd, cosine, sine)
    negative = builder.trunc(builder.lshr(quadrant, ir.Constant(I32, 1)), ir.IntType(1))
    result = _finish(builder, builder.select(negative, builder.fneg(value), value))
    exponent = builder.and_(bits_of(builder, x), ir.Constant(I32, INFINITY))
    special = builder.icmp_unsigned("==", exponent, ir.Constant(I32, INFINITY))
    return builder.select(special, float_of(builder, CANONICAL_NAN), result)


def emit_sin(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.SIN of radians (as after RRO.SINCOS). +-0 -> +-0, +-Inf -> NaN.

    |x| <= 2^20 is reduced exactly enough (three pieces of pi/2). Modelled beyond that: the fixed-point angle
    of the hardware has lost every bit behind the point by then, and the angle counts as zero (sine +0, cosine
    1).
    """
    return _emit_sine(builder, x, 0)


def emit_cos(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """MUFU.COS of radians (as after RRO.SINCOS). +-0 -> 1, +-Inf -> NaN; large angles as in ``emit_sin``."""
    return _emit_sine(builder, x, 1)
