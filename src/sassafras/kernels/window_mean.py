"""The kernel ``window_mean`` (``cuda/window_mean.cu``): the mean of the values under each window."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import FLOAT
from sassafras.kernels.float_ops import divide
from sassafras.kernels.gathering import add, zero
from sassafras.kernels.kernel import Role
from sassafras.kernels.pooling import COUNTED, INTEGERS, pool_axes
from sassafras.kernels.window_ir import Gathering, Window
from sassafras.kernels.window_kernel import window_kernel


def _mean(builder: ir.IRBuilder, window: Window) -> ir.Value:
    return divide(builder, window.gathered, builder.sitofp(window.counted, FLOAT))


WINDOW_MEAN = window_kernel(
    "window_mean",
    Role("average pooling", "window means"),
    (*INTEGERS, *COUNTED),
    pool_axes,
    Gathering(zero, add, _mean),
)
