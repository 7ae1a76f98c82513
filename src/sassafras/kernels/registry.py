"""The kernels by name."""

from __future__ import annotations

from sassafras.errors import UsageError
from sassafras.kernels.activate_array import ACTIVATE_ARRAY
from sassafras.kernels.add_bias import ADD_BIAS
from sassafras.kernels.fill_gpu import FILL_GPU
from sassafras.kernels.forward_maxpool import FORWARD_MAXPOOL
from sassafras.kernels.gemm import GEMM
from sassafras.kernels.im2col_gpu import IM2COL_GPU
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.softmax import SOFTMAX

KERNELS: dict[str, Kernel] = {
    k.name: k for k in (FILL_GPU, IM2COL_GPU, GEMM, ADD_BIAS, ACTIVATE_ARRAY, FORWARD_MAXPOOL, SOFTMAX)
}

PAPER_KERNELS: tuple[str, ...] = (
    "im2col_gpu",
    "fill_gpu",
    "add_bias",
    "activate_array",
    "forward_maxpool",
    "softmax",
)
"""The kernels of the paper's Table 1. It names none for the matrix product: we infer a closed library, which
SASSIFI cannot enter.
"""


def kernel(name: str) -> Kernel:
    """The kernel of that name. Raises UsageError, naming those that exist."""
    if name not in KERNELS:
        raise UsageError(f"there is no kernel {name!r}; the kernels are {', '.join(KERNELS)}")
    return KERNELS[name]
