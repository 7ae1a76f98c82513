"""The kernel ``gemm_check`` (``cuda/hardened/gemm_check.cu``): can the columns of a product be right?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, one_by_one, only
from sassafras.kernels.hardened.check_ir import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region
from sassafras.kernels.pieces import Patch

THREADS = 256  #: of a block
Matrix = NDArray[np.float32]
_ONE = np.ones(1, np.float32)


def groups_of(arguments: Arguments) -> int:
    """Groups of rows."""
    return -(-int(arguments["rows"]) // int(arguments["group"]))


def row_region(arguments: Arguments, name: str, rows: int) -> tuple[Region, ...]:
    """The rows of D or C."""
    step = int(arguments[f"ld{name}"])
    return regions.rows(int(arguments[name]), rows, step, int(arguments["columns"]))


def rows_of(memory: DeviceMemory, arguments: Arguments, name: str, rows: int) -> Matrix:
    """D or C, float32 (rows, columns), as a view of memory."""
    columns, step = int(arguments["columns"]), int(arguments[f"ld{name}"])
    flat = memory.array(int(arguments[name]), (rows - 1) * step + columns if rows else 0)
    return np.ndarray((rows, columns), np.float32, flat, strides=(4 * step, 4))


def group_sums(arguments: Arguments, checksums: Matrix, d: Matrix, c: Matrix) -> Matrix:
    """What is compared for one group of rows, float32 (3, n), for any n columns: the sums of C, what they
    must be, and the sums of absolute values; with the kernel's own bits.

    ``checksums`` float32 (k, 2) of the group, ``d`` (k, n) and ``c`` (rows of the group, n), whose rows may
    be apart.
    """
    slices, (k, n) = THREADS >> int(arguments["shift"]), d.shape
    sums = np.zeros((3, slices, n), np.float32)
    found, expected, size = (part.ctypes.data for part in sums)
    add, add_absolute = native()["add_products"], native()["add_absolute_products"]
    one, factor = _ONE.ctypes.data, checksums.ctypes.data
    data, step = d.ctypes.data, d.strides[0] // 4
    add(len(c), slices, n, one, 0, c.ctypes.data, c.strides[0] // 4, found)
    add(k, slices, n, factor, 2, data, step, expected)
    add_absolute(k, slices, n, factor + 4, 2, data, step, size)
    half = slices // 2
    while half:
        for part in sums:
            add(1, 1, half * n, one, 0, part[half:].ctypes.data, 0, part.ctypes.data)
        half //= 2
    return sums[:, 0]


def group_flags(arguments: Arguments, checksums: Matrix, d: Matrix, c: Matrix) -> NDArray[np.int32]:
    """The flags of one group of rows, int32 (n,); see `group_sums`."""
    sums = group_sums(arguments, checksums, d, c)
    found, expected, size = (part.ctypes.data for part in sums)
    flags = np.empty(sums.shape[1], np.int32)
    bounds = np.array([arguments["tolerance"], arguments["smallest"]], np.float32)
    native()["flag"](len(flags), found, expected, size, bounds.ctypes.data, flags.ctypes.data)
    return flags


def checksums_of(memory: DeviceMemory, arguments: Arguments) -> Matrix:
    """float32 (groups, k, 2), as a view of memory."""
    groups, k = groups_of(arguments), int(arguments["k"])
    return memory.array(int(arguments["checksums"]), groups * k * 2).reshape(groups, k, 2)


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    across = -(-int(arguments["columns"]) // (1 << int(arguments["shift"])))
    return (across, groups_of(arguments), 1), (THREADS, 1, 1)


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    k, rows = int(arguments["k"]), int(arguments["rows"])
    sums = regions.words(int(arguments["checksums"]), groups_of(arguments) * k * 2)
    return (*sums, *row_region(arguments, "d", k), *row_region(arguments, "c", rows))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["flags"]), groups_of(arguments) * int(arguments["columns"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    rows, columns, k, group = (int(arguments[name]) for name in ("rows", "columns", "k", "group"))
    checksums = checksums_of(memory, arguments)
    d, c = rows_of(memory, arguments, "d", k), rows_of(memory, arguments, "c", rows)
    flags = memory.array(int(arguments["flags"]), len(checksums) * columns, np.int32).reshape(-1, columns)
    for g, own in enumerate(checksums):
        flags[g] = group_flags(arguments, own, d, c[g * group : (g + 1) * group])


def _owner(arguments: Arguments, addresses: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first threads of a block each own the flag of a column."""
    columns, shift = int(arguments["columns"]), int(arguments["shift"])
    g, q = np.divmod((addresses - int(arguments["flags"])) // regions.WORD, columns)
    across = -(-columns // (1 << shift))
    owners: NDArray[np.int64] = (g * across + (q >> shift)) * THREADS + q % (1 << shift)
    return owners


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    """Check and repair at once what a fault has left of a product whose factors are golden: a column of a
    group that is flagged becomes golden. Where the product is golden, a repair changes nothing.
    """
    address, k, group = (int(arguments[name]) for name in ("c", "k", "group"))
    piece, shape = pieces.get(address), golden.shape(address)
    gaps = (int(arguments["ldd"]), int(arguments["ldc"])) != (int(arguments["columns"]),) * 2
    if shape is None or not isinstance(piece, Patch) or not only(pieces, address) or gaps:
        return None
    right = golden.map(address)
    data = golden.floats(int(arguments["d"]), k * right[0].size).reshape(k, *right.shape[1:])
    columns = np.ascontiguousarray(data[piece.box.place]).reshape(k, -1)
    expected = np.ascontiguousarray(right[piece.box.place]).reshape(len(right), -1)
    sums = golden.floats(int(arguments["checksums"]), groups_of(arguments) * k * 2).reshape(-1, k, 2)
    values, corrected = piece.values.reshape(len(right), -1), False
    differs = values.view(np.uint32) != expected.view(np.uint32)
    for g in np.unique(np.flatnonzero(differs.any(axis=1)) // group).tolist():
        part = slice(g * group, (g + 1) * group)
        flagged = group_flags(arguments, sums[g], columns, values[part]).astype(bool)
        if differs[part, flagged].any():
            values[part, flagged] = expected[part, flagged]
            corrected = True
    return Carried({address: Patch(address, piece.top, piece.left, piece.values)}, corrected)


GEMM_CHECK = Kernel(
    name="gemm_check",
    parameters=(
        ("rows", ParameterType.INT),
        ("columns", ParameterType.INT),
        ("k", ParameterType.INT),
        ("group", ParameterType.INT),
        ("shift", ParameterType.INT),
        ("checksums", ParameterType.POINTER),
        ("d", ParameterType.POINTER),
        ("ldd", ParameterType.INT),
        ("c", ParameterType.POINTER),
        ("ldc", ParameterType.INT),
        ("tolerance", ParameterType.FLOAT),
        ("smallest", ParameterType.FLOAT),
        ("flags", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=_owner,
    carry=one_by_one(_carry),
    mends="c",
)
