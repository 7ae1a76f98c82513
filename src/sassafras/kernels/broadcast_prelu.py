"""The kernel ``broadcast_prelu`` (``cuda/broadcast_prelu.cu``): a, b a where a is negative, of maps,
channels, planes or single values.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.broadcast_kernel import broadcast_kernel
from sassafras.kernels.float_ops import constant, multiply


def formula(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Of two values."""
    negative = builder.fcmp_ordered("<", a, constant(0.0))
    return builder.select(negative, multiply(builder, b, a), a)


BROADCAST_PRELU = broadcast_kernel("broadcast_prelu", "PReLU", formula)
