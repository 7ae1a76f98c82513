"""The structures of arguments that the copies of a hardened kernel get (``cuda/hardened/<kernel>.cuh``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sassafras.emulator.launch import Dim
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType
from sassafras.kernels.registry import KERNELS

Parameters = tuple[tuple[str, ParameterType], ...]


def _place(grid: Dim, block: Dim) -> dict[str, int]:
    return {"grid_x": grid[0], "block_x": block[0]}


def _zero(_grid: Dim, _block: Dim) -> dict[str, int]:
    return {"zero": 0}


def _place_and_zero(grid: Dim, block: Dim) -> dict[str, int]:
    return _place(grid, block) | _zero(grid, block)


@dataclass(frozen=True)
class Structure:
    """A kernel's arguments as one copy gets them.

    ``members``: pointers first, as in the CUDA source. ``extra``: from the launch's grid and block, values
    of the members that the plain kernel does not have, which stand where all copies would use one number.
    """

    kernel: Kernel
    members: tuple[str, ...]
    extra: Callable[[Dim, Dim], dict[str, int]]

    @property
    def fields(self) -> Parameters:
        """Members with their types, and a filler where the structure would not end on 8 bytes."""
        types = dict(self.kernel.parameters)
        found = tuple((name, types.get(name, ParameterType.INT)) for name in self.members)
        words = sum(kind is not ParameterType.POINTER for _, kind in found)
        return (*found, ("filler", ParameterType.INT)) if words % 2 else found

    def parameters(self, copies: int) -> Parameters:
        """The fields of all copies, the copy's number behind each name: ``n0``, ``n1``, ..."""
        return tuple((f"{name}{copy}", kind) for copy in range(copies) for name, kind in self.fields)

    def arguments(self, plain: Arguments, copies: int) -> dict[str, int | float]:
        """The plain kernel's arguments, once for each copy."""
        values = {**plain, **self.extra(*self.kernel.geometry(plain)), "filler": 0}
        return {f"{name}{copy}": values[name] for copy in range(copies) for name, _ in self.fields}

    def plain(self, hardened: Arguments) -> dict[str, int | float]:
        """The plain kernel's arguments, out of the first copy; what no copy needs (``in_c``) is 0."""
        return {name: hardened.get(f"{name}0", 0) for name, _ in self.kernel.parameters}


def _structure(kernel: str, members: str, extra: Callable[[Dim, Dim], dict[str, int]] = _place) -> Structure:
    names = (*members.split(), *extra((1, 1, 1), (1, 1, 1)))
    return Structure(KERNELS[kernel], names, extra)


STRUCTURES: dict[str, Structure] = {
    s.kernel.name: s
    for s in (
        _structure("fill_gpu", "x n alpha incx"),
        _structure("im2col_gpu", "image columns n height width ksize pad stride height_col width_col"),
        _structure("gemm", "a b c transpose_b m n k lda ldb ldc", _zero),
        _structure("add_bias", "output biases batch n size"),
        _structure("activate_array", "x n a"),
        _structure("forward_maxpool", "input output indexes n in_h in_w stride size pad"),
        _structure(
            "softmax", "input output n batch batch_offset groups group_offset stride temp", _place_and_zero
        ),
        _structure("add", "a b output n"),
        _structure("concatenate", "input output n offset"),
    )
}
