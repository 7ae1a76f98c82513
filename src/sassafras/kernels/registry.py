"""The kernels by name. Each CUDA source in ``cuda/`` has its record in the module of the same name; installed
packages bring theirs by entry points. There is no list to keep.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from sassafras.errors import UsageError, did_you_mean
from sassafras.kernels.brought import brought
from sassafras.kernels.hardened.gemm_check import GEMM_CHECK
from sassafras.kernels.hardened.gemm_repair import GEMM_REPAIR
from sassafras.kernels.hardened.guard import GUARD
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.programs import sources

_FIRST = ("fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array", "forward_maxpool", "softmax")
"""As an inference of a convolutional network launches them. Campaigns number their faults in the order of the
kernels: it must stay. What has come since follows by name.
"""


def _own() -> Iterator[Kernel]:
    for name in sorted(sources(), key=lambda name: ((*_FIRST, name).index(name), name)):
        module = import_module(f"sassafras.kernels.{name}")
        yield next(k for k in vars(module).values() if isinstance(k, Kernel) and k.name == name)


def _known() -> dict[str, Kernel]:
    """Ours, then those of other packages. Raises UsageError for one of theirs that is none, or whose name is
    taken.
    """
    known = {kernel.name: kernel for kernel in _own()}
    for found in brought():
        if not isinstance(found.value, Kernel):
            raise found.refuse("it is no sassafras.kernels.kernel.Kernel")
        if found.value.name != found.name:
            raise found.refuse(f"its record calls it {found.value.name!r}")
        if found.name in known or found.name in ADDED:
            raise found.refuse("there is another one of that name")
        known[found.name] = found.value
    return known


ADDED: dict[str, Kernel] = {k.name: k for k in (GEMM_CHECK, GEMM_REPAIR, GUARD)}
"""Kernels that only a hardened program launches, beside those of the plain one."""

KERNELS: dict[str, Kernel] = _known()

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
        hint = did_you_mean(name, known)
        raise UsageError(f"there is no kernel {name!r}; {hint}the kernels are {', '.join(KERNELS)}")
    return known[name]
