"""The kernel ``map_sigmoid`` (``cuda/map_sigmoid.cu``): 1 / (1 + exp(-x))."""

from __future__ import annotations

from sassafras.kernels.functions_ir import logistic
from sassafras.kernels.map_kernel import map_kernel

MAP_SIGMOID = map_kernel("map_sigmoid", "sigmoid", logistic)
