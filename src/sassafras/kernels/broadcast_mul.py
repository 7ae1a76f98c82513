"""The kernel ``broadcast_mul`` (``cuda/broadcast_mul.cu``): a b, of maps, channels, planes or single
values.
"""

from __future__ import annotations

from sassafras.kernels.broadcast_kernel import broadcast_kernel
from sassafras.kernels.float_ops import multiply

BROADCAST_MUL = broadcast_kernel("broadcast_mul", "product", multiply)
