"""The kernel ``fill_gpu`` (``cuda/fill_gpu.cu``): x[i * incx] = alpha."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(_arguments: Arguments) -> tuple[Region, ...]:
    return ()


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.rows(int(arguments["x"]), int(arguments["n"]), int(arguments["incx"]), 1)


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n, step = int(arguments["n"]), int(arguments["incx"])
    if n > 0:
        memory.array(int(arguments["x"]), (n - 1) * step + 1)[::step] = np.float32(arguments["alpha"])


FILL_GPU = Kernel(
    name="fill_gpu",
    role=Role("convolution", "clear the output"),
    parameters=(
        ("n", ParameterType.INT),
        ("alpha", ParameterType.FLOAT),
        ("x", ParameterType.POINTER),
        ("incx", ParameterType.INT),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.strided_element,
    copied=Copied("x n alpha incx"),
)
