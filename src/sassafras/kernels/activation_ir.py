"""The activation functions as LLVM IR, operation by operation what NVRTC made of ``cuda/activate_array.cu``
for Maxwell.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import float_of
from sassafras.kernels.activation import Activation
from sassafras.kernels.float_ops import (
    TENTH,
    add,
    constant,
    divide,
    exponential,
    multiply,
    multiply_add,
    one_where,
)

Emitter = Callable[[ir.IRBuilder, ir.Value], ir.Value]


def _positive(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return one_where(builder, builder.fcmp_ordered(">", x, constant(0.0)))


def _logistic(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    power, factor = exponential(builder, builder.fneg(x))
    return divide(builder, constant(1.0), multiply_add(builder, power, factor, constant(1.0)))


def _relu(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return multiply(builder, x, _positive(builder, x))


def _linear(_builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return x


def _ramp(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return multiply_add(builder, x, float_of(builder, TENTH), _relu(builder, x))


def _tanh(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    power, factor = exponential(builder, builder.fmul(x, constant(-2.0)))
    quotient = divide(builder, constant(2.0), multiply_add(builder, power, factor, constant(1.0)))
    return add(builder, quotient, constant(-1.0))


def _leaky(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    small = multiply(builder, x, float_of(builder, TENTH))
    return builder.select(builder.fcmp_ordered(">", x, constant(0.0)), x, small)


def _elu(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    power, factor = exponential(builder, x)
    below = multiply_add(builder, power, factor, constant(-1.0))
    negative = one_where(builder, builder.fcmp_ordered("<", x, constant(0.0)))
    positive = one_where(builder, builder.fcmp_ordered(">=", x, constant(0.0)))
    return multiply_add(builder, x, positive, multiply(builder, negative, below))


def _hardtan(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    top = builder.select(builder.fcmp_ordered(">", x, constant(1.0)), constant(1.0), x)
    return builder.select(builder.fcmp_ordered("<", x, constant(-1.0)), constant(-1.0), top)


EMITTERS: dict[Activation, Emitter] = {
    Activation.LOGISTIC: _logistic,
    Activation.RELU: _relu,
    Activation.LINEAR: _linear,
    Activation.RAMP: _ramp,
    Activation.TANH: _tanh,
    Activation.LEAKY: _leaky,
    Activation.ELU: _elu,
    Activation.HARDTAN: _hardtan,
}
