"""Functions of one or two numbers as LLVM IR, operation by operation what NVRTC made of them for Maxwell."""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import (
    CANONICAL_NAN,
    FLOAT,
    I32,
    INFINITY,
    bits_of,
    emit_canonical_nan,
    emit_ex2,
    emit_lg2,
    emit_rcp,
    float_of,
)
from sassafras.kernels.float_ops import add, constant, divide, exponential, multiply, multiply_add

_SIGN = 0x80000000
_TANH = (0x3C80F082, 0xBD563CAE, 0x3E085941, 0xBEAAA9ED)
_ERF_NEAR = (0x38B1E96A, 0xBA574D20, 0x3BAAD5EA, 0xBCDC1BE7, 0x3DE718AF, 0xBEC093AC, 0x3E0375D3)
_ERF_FAR = (0x38EB4C3A, 0xBAAE005B, 0x3C09919F, 0xBD24D99A, 0x3E235519, 0x3F69B4F9, 0x3F210A14)
_LOG = (
    0xBE055027,
    0x3E1039F6,
    0xBDF8CDCC,
    0x3E0F2955,
    0xBE2AD8B9,
    0x3E4CED0B,
    0xBE7FFF22,
    0x3EAAAA78,
    0xBF000000,
)


def square_root(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """The compiled sqrtf (MUFU.RSQ and a correction, or the slow path): correctly rounded in every case."""
    root = builder.module.declare_intrinsic("llvm.sqrt", [FLOAT])
    # NaN is looked for in the bits: LLVM takes one NaN of sqrt for another and would leave out the choice.
    bits = bits_of(builder, builder.call(root, [x]))
    size = builder.and_(bits, ir.Constant(I32, CANONICAL_NAN))
    is_nan = builder.icmp_unsigned(">", size, ir.Constant(I32, INFINITY))
    return float_of(builder, builder.select(is_nan, ir.Constant(I32, CANONICAL_NAN), bits))


def hyperbolic_tangent(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """tanhf: a polynomial near zero, else 1 - 2 / (1 + 2^(2 |x| / ln 2)) with the sign of x."""
    size = _absolute(builder, x)
    power = emit_ex2(builder, multiply(builder, size, float_of(builder, 0x4038AA3B)))
    inverse = emit_rcp(builder, add(builder, power, constant(1.0)))
    far = multiply_add(builder, inverse, constant(-2.0), constant(1.0))
    far = builder.select(builder.fcmp_ordered(">=", size, float_of(builder, 0x41102CB4)), constant(1.0), far)
    square = multiply(builder, x, x)
    slope = multiply_add(builder, square, _polynomial(builder, square, _TANH), constant(0.0))
    near = multiply_add(builder, x, slope, x)
    is_far = builder.fcmp_ordered(">=", size, float_of(builder, 0x3F19999A))
    return builder.select(is_far, _with_sign_too(builder, far, x), near)


def error_function(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """erff: x + x p(x^2) near zero, else 1 - 2^(-|x| - |x| q(|x|)) with the sign of x."""
    size = _absolute(builder, x)
    is_far = builder.fcmp_ordered(">=", size, float_of(builder, 0x3F8060FE))
    variable = builder.select(is_far, size, multiply(builder, x, x))
    pairs = zip(_ERF_NEAR, _ERF_FAR, strict=True)
    chosen = [builder.select(is_far, float_of(builder, f), float_of(builder, n)) for n, f in pairs]
    value = chosen[0]
    for coefficient in chosen[1:]:
        value = multiply_add(builder, variable, value, coefficient)
    factor = builder.select(is_far, builder.fneg(size), x)
    near = multiply_add(builder, value, factor, factor)
    far = add(builder, builder.fneg(emit_ex2(builder, near)), constant(1.0))
    return builder.select(is_far, _with_sign_too(builder, far, x), near)


def logarithm(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """logf: x = m 2^e with m around 1, a polynomial in m - 1, and e ln 2."""
    small = builder.fcmp_ordered("<", x, float_of(builder, 0x00800000))
    scaled = builder.select(small, multiply(builder, x, constant(8388608.0)), x)
    start = builder.select(small, constant(-23.0), constant(0.0))
    bits = bits_of(builder, scaled)
    exponent = builder.and_(builder.sub(bits, ir.Constant(I32, 0x3F2AAAAB)), ir.Constant(I32, 0xFF800000))
    rest = add(builder, float_of(builder, builder.sub(bits, exponent)), constant(-1.0))
    whole = multiply_add(builder, builder.sitofp(exponent, FLOAT), constant(2.0**-23), start)
    value = multiply(builder, rest, _polynomial(builder, rest, _LOG))
    value = multiply_add(builder, rest, value, rest)
    value = multiply_add(builder, whole, float_of(builder, 0x3F317218), value)
    infinity = float_of(builder, 0x7F800000)
    outside = builder.icmp_unsigned(">=", bits, ir.Constant(I32, 0x7F800000))
    value = builder.select(outside, multiply_add(builder, scaled, infinity, infinity), value)
    is_zero = builder.fcmp_ordered("==", scaled, constant(0.0))
    return builder.select(is_zero, float_of(builder, 0xFF800000), value)


def power(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """``cuda/broadcast_pow.cuh``: 2^(b log2 |a|) with what __powf does to denormals, and the signs."""
    size = quick_power(builder, _absolute(builder, a), b)
    half = multiply(builder, b, constant(0.5))
    truncate = builder.module.declare_intrinsic("llvm.trunc", [FLOAT])
    whole = builder.fcmp_ordered("==", builder.call(truncate, [b]), b)
    odd = builder.fcmp_unordered("!=", builder.call(truncate, [half]), half)
    result = builder.select(odd, emit_canonical_nan(builder, builder.fneg(size)), size)
    result = builder.select(whole, result, float_of(builder, CANONICAL_NAN))
    result = builder.select(builder.fcmp_ordered(">=", a, constant(0.0)), size, result)
    return builder.select(builder.fcmp_ordered("==", b, constant(0.0)), constant(1.0), result)


def quick_power(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """__powf: 2^(b log2 a)."""
    return _power_of_two(builder, multiply(builder, b, _log2(builder, a)))


def _log2(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    small = builder.fcmp_ordered("<", _absolute(builder, x), float_of(builder, 0x00800000))
    scaled = builder.select(small, multiply(builder, x, constant(2.0**24)), x)
    value = emit_lg2(builder, scaled)
    return builder.select(small, add(builder, value, constant(-24.0)), value)


def _power_of_two(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    small = builder.fcmp_ordered("<", x, constant(-126.0))
    value = emit_ex2(builder, builder.select(small, multiply(builder, x, constant(0.5)), x))
    return builder.select(small, multiply(builder, value, value), value)


def logistic_denominator(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """1 + expf(-x)."""
    power, factor = exponential(builder, builder.fneg(x))
    return multiply_add(builder, power, factor, constant(1.0))


def logistic(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """1 / (1 + expf(-x))."""
    return divide(builder, constant(1.0), logistic_denominator(builder, x))


def held(builder: ir.IRBuilder, x: ir.Value, low: ir.Value, high: ir.Value) -> ir.Value:
    """``x < low ? low : x > high ? high : x``."""
    top = builder.select(builder.fcmp_ordered(">", x, high), high, x)
    return builder.select(builder.fcmp_ordered("<", x, low), low, top)


def _absolute(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return float_of(builder, builder.and_(bits_of(builder, x), ir.Constant(I32, ~_SIGN & 0xFFFFFFFF)))


def _with_sign_too(builder: ir.IRBuilder, value: ir.Value, sign: ir.Value) -> ir.Value:
    """LOP3 0xf8: value | (sign bit of ``sign``)."""
    bit = builder.and_(bits_of(builder, sign), ir.Constant(I32, _SIGN))
    return float_of(builder, builder.or_(bits_of(builder, value), bit))


def _polynomial(builder: ir.IRBuilder, x: ir.Value, coefficients: Sequence[int]) -> ir.Value:
    """Horner's rule in fused multiply-adds, the highest coefficient first, each by its bits."""
    value = float_of(builder, coefficients[0])
    for coefficient in coefficients[1:]:
        value = multiply_add(builder, x, value, float_of(builder, coefficient))
    return value
