"""The kernel ``reduce_min`` (``cuda/reduce_min.cu``): the smallest value of each block; a NaN is kept."""

from __future__ import annotations

from sassafras.kernels.gathering import SMALLEST
from sassafras.kernels.kernel import Role
from sassafras.kernels.reduction import INTEGERS, block_axes
from sassafras.kernels.window_kernel import window_kernel

REDUCE_MIN = window_kernel(
    "reduce_min", Role("reduction", "smallest of blocks"), INTEGERS, block_axes, SMALLEST
)
