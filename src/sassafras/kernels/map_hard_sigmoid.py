"""The kernel ``map_hard_sigmoid`` (``cuda/map_hard_sigmoid.cu``): alpha x + beta held within 0 and 1; a NaN
stays.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import constant, multiply_add
from sassafras.kernels.functions_ir import held
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value, alpha: ir.Value, beta: ir.Value) -> ir.Value:
    """Of one value."""
    return held(builder, multiply_add(builder, alpha, x, beta), constant(0.0), constant(1.0))


MAP_HARD_SIGMOID = map_kernel("map_hard_sigmoid", "hard sigmoid", formula, 2)
