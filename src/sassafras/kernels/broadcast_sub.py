"""The kernel ``broadcast_sub`` (``cuda/broadcast_sub.cu``): a - b, of maps, channels, planes or single
values.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.broadcast_kernel import broadcast_kernel
from sassafras.kernels.float_ops import add


def formula(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Of two values."""
    return add(builder, a, builder.fneg(b))


BROADCAST_SUB = broadcast_kernel("broadcast_sub", "difference", formula)
