"""The kernel ``gemm`` (``cuda/gemm.cu``): C += A B, row-major, B optionally stored transposed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import exact_gemm, gemm_carry, geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied, zero
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role


def _shapes(arguments: Arguments) -> dict[str, tuple[int, int]]:
    """Rows and columns of the matrices as they are stored."""
    m, n, k = (int(arguments[name]) for name in ("m", "n", "k"))
    return {"a": (m, k), "b": (n, k) if arguments["transpose_b"] else (k, n), "c": (m, n)}


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.tiles(int(arguments["m"]), int(arguments["n"]))


def _region(arguments: Arguments, name: str) -> tuple[Region, ...]:
    rows, columns = _shapes(arguments)[name]
    return regions.rows(int(arguments[name]), rows, int(arguments[f"ld{name}"]), columns)


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return (*_region(arguments, "a"), *_region(arguments, "b"), *_region(arguments, "c"))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return _region(arguments, "c")


def _matrix(memory: DeviceMemory, arguments: Arguments, name: str) -> NDArray[np.float32]:
    rows, columns = _shapes(arguments)[name]
    step = int(arguments[f"ld{name}"])
    count = (rows - 1) * step + columns if rows and columns else 0
    flat = memory.array(int(arguments[name]), count)
    return np.ndarray((rows, columns), np.float32, flat, strides=(4 * step, 4))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    a, b, c = (_matrix(memory, arguments, name) for name in "abc")
    exact_gemm.gemm(a, b, c, transpose_b=bool(arguments["transpose_b"]))


GEMM = Kernel(
    name="gemm",
    role=Role("–", "multiply", library=True),
    parameters=(
        ("transpose_b", ParameterType.INT),
        ("m", ParameterType.INT),
        ("n", ParameterType.INT),
        ("k", ParameterType.INT),
        ("a", ParameterType.POINTER),
        ("lda", ParameterType.INT),
        ("b", ParameterType.POINTER),
        ("ldb", ParameterType.INT),
        ("c", ParameterType.POINTER),
        ("ldc", ParameterType.INT),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    owner_of=owners.tile,
    carry=gemm_carry.carry,
    carry_bytes=gemm_carry.carry_weights,
    product="c",
    copied=Copied("a b c transpose_b m n k lda ldb ldc", zero),
)
