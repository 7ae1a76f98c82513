"""The kernel ``reduce_max`` (``cuda/reduce_max.cu``): the largest value of each block; a NaN is kept."""

from __future__ import annotations

from sassafras.kernels.gathering import LARGEST
from sassafras.kernels.kernel import Role
from sassafras.kernels.reduction import INTEGERS, block_axes
from sassafras.kernels.window_kernel import window_kernel

REDUCE_MAX = window_kernel(
    "reduce_max", Role("reduction", "largest of blocks"), INTEGERS, block_axes, LARGEST
)
