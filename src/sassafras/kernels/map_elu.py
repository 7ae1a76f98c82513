"""The kernel ``map_elu`` (``cuda/map_elu.cu``): ``x``, ``alpha`` (exp(x) - 1) where x is negative."""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import constant, exponential, multiply, multiply_add
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value, alpha: ir.Value) -> ir.Value:
    """Of one value."""
    power, factor = exponential(builder, x)
    below = multiply(builder, alpha, multiply_add(builder, power, factor, constant(-1.0)))
    return builder.select(builder.fcmp_ordered("<", x, constant(0.0)), below, x)


MAP_ELU = map_kernel("map_elu", "ELU", formula, 1)
