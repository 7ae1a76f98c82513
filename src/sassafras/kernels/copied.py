"""What hardening needs to know of a kernel to run it in copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sassafras.emulator.launch import Dim

Values = Callable[[Dim, Dim], dict[str, int]]


def place(grid: Dim, block: Dim) -> dict[str, int]:
    """For copies that find their thread's number by themselves."""
    return {"grid_x": grid[0], "block_x": block[0]}


def zero(_grid: Dim, _block: Dim) -> dict[str, int]:
    """For copies whose sums begin with a zero of their own."""
    return {"zero": 0}


def place_and_zero(grid: Dim, block: Dim) -> dict[str, int]:
    """Both."""
    return place(grid, block) | zero(grid, block)


@dataclass(frozen=True)
class Copied:
    """The structure of arguments that each copy gets, as ``cuda/hardened/<kernel>.cuh`` declares it.

    ``members``: names of the kernel's parameters, pointers first, with blanks between. ``more``: from the
    launch's grid and block, values of the members behind them, which stand where all copies would use one
    number.
    """

    members: str
    more: Values = place

    @property
    def names(self) -> tuple[str, ...]:
        """All members."""
        return (*self.members.split(), *self.more((1, 1, 1), (1, 1, 1)))
