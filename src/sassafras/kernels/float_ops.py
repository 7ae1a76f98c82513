"""Scalar float operations as Maxwell does them, as LLVM IR: one correct rounding, every NaN result
0x7fffffff.

The sequence of ``expf`` is the one that NVRTC 12.9 compiles into our kernels.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import (
    DOUBLE,
    FLOAT,
    I32,
    bits_of,
    emit_canonical_nan,
    emit_ex2,
    float_of,
)

EXP_SCALE = 0x3BBB989D  #: 1 / (252 ln 2)
LOG2_E_HIGH = 0x3FB8AA3B
LOG2_E_LOW = 0x32A57060
TENTH = 0x3DCCCCCD  #: 0.1f


def constant(value: float) -> ir.Constant:
    """A float32 constant (exactly representable)."""
    return ir.Constant(FLOAT, value)


def add(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """FADD."""
    return emit_canonical_nan(builder, builder.fadd(a, b))


def multiply(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """FMUL."""
    return emit_canonical_nan(builder, builder.fmul(a, b))


def multiply_add(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
    """FFMA."""
    return emit_canonical_nan(builder, builder.fma(a, b, c))


def divide(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """The compiled division (MUFU.RCP and two corrections, or the slow path): correctly rounded in every
    case.
    """
    return emit_canonical_nan(builder, builder.fdiv(a, b))


def saturate(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """``.SAT``: within [+0, 1]; NaN becomes +0."""
    positive = builder.select(builder.fcmp_ordered(">", x, constant(0.0)), x, constant(0.0))
    return builder.select(builder.fcmp_ordered("<", positive, constant(1.0)), positive, constant(1.0))


def one_where(builder: ir.IRBuilder, condition: ir.Value) -> ir.Value:
    """1.0 or +0.0."""
    return builder.select(condition, constant(1.0), constant(0.0))


def exponential(builder: ir.IRBuilder, x: ir.Value) -> tuple[ir.Value, ir.Value]:
    """expf(x) as two factors (power of two, MUFU.EX2 result); the kernels multiply them, or fuse that with an
    addition.
    """
    step = saturate(builder, builder.fma(x, float_of(builder, EXP_SCALE), constant(0.5)))
    # FFMA.RM step * 252 + 12582913: the sum is an integer below 2^24, so rounding down is truncating the
    # product.
    product = builder.fmul(builder.fpext(step, DOUBLE), ir.Constant(DOUBLE, 252.0))
    whole = builder.add(builder.fptosi(product, I32), ir.Constant(I32, 0x4B400001))
    shift = builder.fadd(float_of(builder, whole), constant(-12583039.0))
    rest = builder.fma(x, float_of(builder, LOG2_E_HIGH), builder.fneg(shift))
    rest = builder.fma(x, float_of(builder, LOG2_E_LOW), rest)
    power = float_of(builder, builder.shl(bits_of(builder, float_of(builder, whole)), ir.Constant(I32, 23)))
    return power, emit_ex2(builder, rest)
