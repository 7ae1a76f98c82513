"""The kernel ``map_exp`` (``cuda/map_exp.cu``): e to the x."""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import exponential, multiply
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Of one value."""
    return multiply(builder, *exponential(builder, x))


MAP_EXP = map_kernel("map_exp", "exponential", formula)
