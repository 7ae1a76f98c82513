"""The kernel ``broadcast_add`` (``cuda/broadcast_add.cu``): a + b, of maps, channels, planes or single
values.
"""

from __future__ import annotations

from sassafras.kernels.broadcast_kernel import broadcast_kernel
from sassafras.kernels.float_ops import add

BROADCAST_ADD = broadcast_kernel("broadcast_add", "sum", add)
