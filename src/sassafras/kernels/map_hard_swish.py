"""The kernel ``map_hard_swish`` (``cuda/map_hard_swish.cu``): x times alpha x + beta, which is held within
0 and 1; a NaN stays.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import multiply
from sassafras.kernels.map_hard_sigmoid import formula as hard_sigmoid
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value, alpha: ir.Value, beta: ir.Value) -> ir.Value:
    """Of one value."""
    return multiply(builder, x, hard_sigmoid(builder, x, alpha, beta))


MAP_HARD_SWISH = map_kernel("map_hard_swish", "hard swish", formula, 2)
