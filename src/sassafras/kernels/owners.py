"""Which thread of a fault-free launch touches a byte that the launch writes: each byte has one such thread.
Addresses are device addresses, int64; owners are linear thread numbers of the launch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.geometry import TILE
from sassafras.kernels.windows import Window

Addresses = NDArray[np.int64]
OwnerOf = Callable[[Arguments, Addresses], Addresses]
WORD = 4


def _elements(arguments: Arguments, name: str, addresses: Addresses) -> Addresses:
    return (addresses - int(arguments[name])) // WORD


def element_of(name: str) -> OwnerOf:
    """Thread i owns element i of the array that parameter ``name`` points to."""
    return lambda arguments, addresses: _elements(arguments, name, addresses)


def strided_element(arguments: Arguments, addresses: Addresses) -> Addresses:
    """``fill_gpu``: thread i owns every ``incx``-th element."""
    return _elements(arguments, "x", addresses) // int(arguments["incx"])


def part_element(arguments: Arguments, addresses: Addresses) -> Addresses:
    """``concatenate``: thread i owns element ``offset`` + i."""
    return _elements(arguments, "output", addresses) - int(arguments["offset"])


def pooled_element(arguments: Arguments, addresses: Addresses) -> Addresses:
    """``forward_maxpool``: thread i owns value i and index i."""
    index = _elements(arguments, "indexes", addresses)
    is_index = (index >= 0) & (index < int(arguments["n"]))
    return np.where(is_index, index, _elements(arguments, "output", addresses))


def unfolded_window(windows: Callable[[Arguments], tuple[Window, Window]]) -> OwnerOf:
    """``im2col_gpu``: a thread owns the column entries of one channel at one output pixel."""

    def owner_of(arguments: Arguments, addresses: Addresses) -> Addresses:
        down, across = windows(arguments)
        pixels = down.count * across.count
        row, pixel = np.divmod(_elements(arguments, "columns", addresses), pixels)
        owners: Addresses = row // (down.size * across.size) * pixels + pixel
        return owners

    return owner_of


def tile(arguments: Arguments, addresses: Addresses) -> Addresses:
    """``gemm``: a block owns a tile of C, each of its threads an element."""
    row, column = np.divmod(_elements(arguments, "c", addresses), int(arguments["ldc"]))
    across = -(-int(arguments["n"]) // TILE)
    owners: Addresses = (row // TILE * across + column // TILE) * TILE * TILE
    owners += row % TILE * TILE + column % TILE
    return owners
