"""The kernel ``map_silu`` (``cuda/map_silu.cu``): x / (1 + exp(-x))."""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import divide
from sassafras.kernels.functions_ir import logistic_denominator
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Of one value."""
    return divide(builder, x, logistic_denominator(builder, x))


MAP_SILU = map_kernel("map_silu", "SiLU", formula)
