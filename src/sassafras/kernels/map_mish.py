"""The kernel ``map_mish`` (``cuda/map_mish.cu``): x tanh(log(1 + exp(x)))."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import float_of
from sassafras.kernels.float_ops import add, constant, divide, exponential, multiply, multiply_add
from sassafras.kernels.map_kernel import map_kernel

_BORDER = 0xBF19999A  #: -0.6f


def formula(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Of one value."""
    power, factor = exponential(builder, x)
    e = multiply(builder, power, factor)
    n = multiply_add(builder, e, e, add(builder, e, e))
    below = builder.fcmp_ordered("<=", x, float_of(builder, _BORDER))
    quotient = divide(builder, builder.select(below, n, x), add(builder, n, constant(2.0)))
    far = add(builder, x, builder.fneg(add(builder, quotient, quotient)))
    return builder.select(below, multiply(builder, x, quotient), far)


MAP_MISH = map_kernel("map_mish", "mish", formula)
