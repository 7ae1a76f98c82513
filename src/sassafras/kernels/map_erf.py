"""The kernel ``map_erf`` (``cuda/map_erf.cu``): the error function."""

from __future__ import annotations

from sassafras.kernels.functions_ir import error_function
from sassafras.kernels.map_kernel import map_kernel

MAP_ERF = map_kernel("map_erf", "error function", error_function)
