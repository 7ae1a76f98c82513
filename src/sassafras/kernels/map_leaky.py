"""The kernel ``map_leaky`` (``cuda/map_leaky.cu``): ``x``, ``alpha`` x where x is negative."""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import constant, multiply
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value, alpha: ir.Value) -> ir.Value:
    """Of one value."""
    negative = builder.fcmp_ordered("<", x, constant(0.0))
    return builder.select(negative, multiply(builder, alpha, x), x)


MAP_LEAKY = map_kernel("map_leaky", "leaky ReLU", formula, 1)
