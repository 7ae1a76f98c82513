"""The kernel ``gemm_repair`` (``cuda/hardened/gemm_repair.cu``): what ``gemm_check`` flagged is computed
again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import exact_gemm, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.gemm_check import THREADS, row_region, rows_of
from sassafras.kernels.kernel import Kernel, ParameterType, Region


def _tile(arguments: Arguments) -> tuple[int, int]:
    """Columns and rows of a block: one column where there is one, else a warp's width."""
    width = 1 if int(arguments["columns"]) == 1 else 32
    return width, THREADS // width


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    width, height = _tile(arguments)
    grid = (-(-int(arguments["columns"]) // width), -(-int(arguments["rows"]) // height), 1)
    return grid, (width, height, 1)


def _flags(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["flags"]), _groups(arguments) * int(arguments["columns"]))


def _groups(arguments: Arguments) -> int:
    return ((int(arguments["rows"]) - 1) >> int(arguments["shift"])) + 1


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    rows, k = int(arguments["rows"]), int(arguments["k"])
    weights = regions.words(int(arguments["w"]), rows * k)
    return (*_flags(arguments), *weights, *row_region(arguments, "d", k), *row_region(arguments, "c", rows))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    alarm = regions.words(int(arguments["corrected"]), 1)
    return (*row_region(arguments, "c", int(arguments["rows"])), *alarm)


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    rows, columns, k, shift = (int(arguments[name]) for name in ("rows", "columns", "k", "shift"))
    flags = memory.array(int(arguments["flags"]), _groups(arguments) * columns, np.int32).reshape(-1, columns)
    w = memory.array(int(arguments["w"]), rows * k).reshape(rows, k)
    d, c = rows_of(memory, arguments, "d", k), rows_of(memory, arguments, "c", rows)
    for g in np.flatnonzero(flags.any(axis=1)).tolist():
        part, chosen = slice(g << shift, (g + 1) << shift), np.flatnonzero(flags[g])
        again = np.zeros((len(w[part]), len(chosen)), np.float32)
        exact_gemm.gemm(w[part], np.ascontiguousarray(d[:, chosen]), again)
        if (again.view(np.uint32) != c[part, chosen].view(np.uint32)).any():
            c[part, chosen] = again
            memory.array(int(arguments["corrected"]), 1, np.int32)[0] = 1


def _owner(arguments: Arguments, addresses: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every thread owns an element of C."""
    (width, height), columns = _tile(arguments), int(arguments["columns"])
    row, column = np.divmod((addresses - int(arguments["c"])) // regions.WORD, int(arguments["ldc"]))
    across = -(-columns // width)
    block = row // height * across + column // width
    owners: NDArray[np.int64] = block * THREADS + row % height * width + column % width
    return owners


GEMM_REPAIR = Kernel(
    name="gemm_repair",
    parameters=(
        ("rows", ParameterType.INT),
        ("columns", ParameterType.INT),
        ("k", ParameterType.INT),
        ("shift", ParameterType.INT),
        ("flags", ParameterType.POINTER),
        ("w", ParameterType.POINTER),
        ("d", ParameterType.POINTER),
        ("ldd", ParameterType.INT),
        ("c", ParameterType.POINTER),
        ("ldc", ParameterType.INT),
        ("corrected", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    owner_of=_owner,
    mends="c",
    fetches=_flags,
    stores=lambda _: (),
)
