"""The kernel ``negate`` (``cuda/negate.cu``): output[i] = -input[i]."""

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


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    source, output = (
        memory.array(int(arguments[name]), int(arguments["n"]), np.uint32) for name in ("input", "output")
    )
    output[:] = source ^ np.uint32(0x80000000)


NEGATE = Kernel(
    name="negate",
    role=Role("negation", "turn signs round"),
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.element_of("output"),
    copied=Copied("input output n"),
)
