"""The kernel ``window_max`` (``cuda/window_max.cu``): the largest value under each window; a NaN is kept."""

from __future__ import annotations

from sassafras.kernels.gathering import LARGEST
from sassafras.kernels.kernel import Role
from sassafras.kernels.pooling import INTEGERS, pool_axes
from sassafras.kernels.window_kernel import window_kernel

WINDOW_MAX = window_kernel("window_max", Role("max pooling", "window maxima"), INTEGERS, pool_axes, LARGEST)
