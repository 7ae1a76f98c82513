"""The kernels by name."""

from __future__ import annotations

from sassafras.errors import UsageError
from sassafras.kernels.activate_array import ACTIVATE_ARRAY
from sassafras.kernels.add import ADD
from sassafras.kernels.add_bias import ADD_BIAS
from sassafras.kernels.concatenate import CONCATENATE
from sassafras.kernels.fill_gpu import FILL_GPU
from sassafras.kernels.forward_maxpool import FORWARD_MAXPOOL
from sassafras.kernels.gemm import GEMM
from sassafras.kernels.hardened.gemm_check import GEMM_CHECK
from sassafras.kernels.hardened.gemm_repair import GEMM_REPAIR
from sassafras.kernels.hardened.guard import GUARD
from sassafras.kernels.im2col_gpu import IM2COL_GPU
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.softmax import SOFTMAX

KERNELS: dict[str, Kernel] = {
    k.name: k
    for k in (
        *(FILL_GPU, IM2COL_GPU, GEMM, ADD_BIAS, ACTIVATE_ARRAY, FORWARD_MAXPOOL, SOFTMAX),
        *(ADD, CONCATENATE),
    )
}

ADDED: dict[str, Kernel] = {k.name: k for k in (GEMM_CHECK, GEMM_REPAIR, GUARD)}
"""Kernels that only a hardened program launches, beside those of the plain one."""

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
    """The kernel of that name, added ones included. Raises UsageError, naming those that exist."""
    known = KERNELS | ADDED
    if name not in known:
        raise UsageError(f"there is no kernel {name!r}; the kernels are {', '.join(KERNELS)}")
    return known[name]
