"""The kernel ``map_tanh`` (``cuda/map_tanh.cu``): the hyperbolic tangent."""

from __future__ import annotations

from sassafras.kernels.functions_ir import hyperbolic_tangent
from sassafras.kernels.map_kernel import map_kernel

MAP_TANH = map_kernel("map_tanh", "hyperbolic tangent", hyperbolic_tangent)
