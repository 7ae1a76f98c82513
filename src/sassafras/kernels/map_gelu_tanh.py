"""The kernel ``map_gelu_tanh`` (``cuda/map_gelu_tanh.cu``): x times the normal distribution function of x,
approximated by tanh.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import float_of
from sassafras.kernels.float_ops import add, constant, multiply, multiply_add
from sassafras.kernels.functions_ir import hyperbolic_tangent
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Of one value."""
    cube = multiply(builder, x, multiply(builder, x, float_of(builder, 0x3D372713)))
    inner = multiply(builder, multiply_add(builder, x, cube, x), float_of(builder, 0x3F4C422A))
    tangent = add(builder, hyperbolic_tangent(builder, inner), constant(1.0))
    return multiply(builder, multiply(builder, x, constant(0.5)), tangent)


MAP_GELU_TANH = map_kernel("map_gelu_tanh", "GELU by tanh", formula)
