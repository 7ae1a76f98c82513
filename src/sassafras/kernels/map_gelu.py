"""The kernel ``map_gelu`` (``cuda/map_gelu.cu``): x times the normal distribution function of x, by erf."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import float_of
from sassafras.kernels.float_ops import add, constant, multiply
from sassafras.kernels.functions_ir import error_function
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Of one value."""
    error = error_function(builder, multiply(builder, x, float_of(builder, 0x3F3504F3)))
    return multiply(builder, add(builder, error, constant(1.0)), multiply(builder, x, constant(0.5)))


MAP_GELU = map_kernel("map_gelu", "GELU", formula)
