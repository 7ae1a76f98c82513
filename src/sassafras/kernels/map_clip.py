"""The kernel ``map_clip`` (``cuda/map_clip.cu``): ``x`` held within ``alpha`` and ``beta``; a NaN stays."""

from __future__ import annotations

from sassafras.kernels.functions_ir import held
from sassafras.kernels.map_kernel import map_kernel

MAP_CLIP = map_kernel("map_clip", "held within bounds", held, 2)
