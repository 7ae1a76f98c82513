"""The kernel ``map_sqrt`` (``cuda/map_sqrt.cu``): the square root."""

from __future__ import annotations

from sassafras.kernels.functions_ir import square_root
from sassafras.kernels.map_kernel import map_kernel

MAP_SQRT = map_kernel("map_sqrt", "square root", square_root)
