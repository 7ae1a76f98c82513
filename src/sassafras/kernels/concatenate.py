"""The kernel ``concatenate`` (``cuda/concatenate.cu``): output[offset + i] = input[i], one part of many."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.kernel import Arguments, Kernel, ParameterType, Region


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _start(arguments: Arguments) -> int:
    """Device address of the part."""
    return int(arguments["output"]) + regions.WORD * int(arguments["offset"])


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(_start(arguments), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n = int(arguments["n"])
    memory.array(_start(arguments), n, np.uint32)[:] = memory.array(int(arguments["input"]), n, np.uint32)


CONCATENATE = Kernel(
    name="concatenate",
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("offset", ParameterType.INT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.part_element,
)
