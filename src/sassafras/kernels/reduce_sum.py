"""The kernel ``reduce_sum`` (``cuda/reduce_sum.cu``): the sum of each block of a map, by a divisor."""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.float_ops import divide
from sassafras.kernels.gathering import add, zero
from sassafras.kernels.kernel import Role
from sassafras.kernels.reduction import INTEGERS, block_axes
from sassafras.kernels.window_ir import Gathering, Window
from sassafras.kernels.window_kernel import window_kernel


def _quotient(builder: ir.IRBuilder, window: Window) -> ir.Value:
    return divide(builder, window.gathered, window.number(builder, 0))


REDUCE_SUM = window_kernel(
    "reduce_sum",
    Role("reduction", "sums or means of blocks"),
    INTEGERS,
    block_axes,
    Gathering(zero, add, _quotient),
    ("divisor",),
)
