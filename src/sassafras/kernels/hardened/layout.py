"""The structures of arguments that the copies of a hardened kernel get (``cuda/hardened/<kernel>.cuh``)."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType
from sassafras.kernels.registry import KERNELS

Parameters = tuple[tuple[str, ParameterType], ...]


@dataclass(frozen=True)
class Structure:
    """A kernel's arguments as one copy gets them. ``copied``: the kernel's own."""

    kernel: Kernel
    copied: Copied

    @property
    def fields(self) -> Parameters:
        """Members with their types, and a filler where the structure would not end on 8 bytes."""
        types = dict(self.kernel.parameters)
        found = tuple((name, types.get(name, ParameterType.INT)) for name in self.copied.names)
        words = sum(kind is not ParameterType.POINTER for _, kind in found)
        return (*found, ("filler", ParameterType.INT)) if words % 2 else found

    def parameters(self, copies: int) -> Parameters:
        """The fields of all copies, the copy's number behind each name: ``n0``, ``n1``, ..."""
        return tuple((f"{name}{copy}", kind) for copy in range(copies) for name, kind in self.fields)

    def arguments(self, plain: Arguments, copies: int) -> dict[str, int | float]:
        """The plain kernel's arguments, once for each copy."""
        values = {**plain, **self.copied.more(*self.kernel.geometry(plain)), "filler": 0}
        return {f"{name}{copy}": values[name] for copy in range(copies) for name, _ in self.fields}

    def plain(self, hardened: Arguments) -> dict[str, int | float]:
        """The plain kernel's arguments, out of the first copy; what no copy needs (``in_c``) is 0."""
        return {name: hardened.get(f"{name}0", 0) for name, _ in self.kernel.parameters}


STRUCTURES: dict[str, Structure] = {
    kernel.name: Structure(kernel, kernel.copied) for kernel in KERNELS.values() if kernel.copied is not None
}
"""Of every kernel that can be hardened, by name."""
