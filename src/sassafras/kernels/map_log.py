"""The kernel ``map_log`` (``cuda/map_log.cu``): the natural logarithm."""

from __future__ import annotations

from sassafras.kernels.functions_ir import logarithm
from sassafras.kernels.map_kernel import map_kernel

MAP_LOG = map_kernel("map_log", "logarithm", logarithm)
