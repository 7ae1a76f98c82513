"""The kernel ``broadcast_pow`` (``cuda/broadcast_pow.cu``): a to the b, of maps, channels, planes or single
values.
"""

from __future__ import annotations

from sassafras.kernels.broadcast_kernel import broadcast_kernel
from sassafras.kernels.functions_ir import power

BROADCAST_POW = broadcast_kernel("broadcast_pow", "power", power)
