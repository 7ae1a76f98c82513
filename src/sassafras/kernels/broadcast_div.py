"""The kernel ``broadcast_div`` (``cuda/broadcast_div.cu``): a / b, of maps, channels, planes or single
values.
"""

from __future__ import annotations

from sassafras.kernels.broadcast_kernel import broadcast_kernel
from sassafras.kernels.float_ops import divide

BROADCAST_DIV = broadcast_kernel("broadcast_div", "quotient", divide)
