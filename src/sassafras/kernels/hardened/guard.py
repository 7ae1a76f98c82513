"""The kernel ``guard`` (``cuda/hardened/guard.cu``): NaN or infinity in the output raises the alarm."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType, Region

EXPONENT = np.uint32(0x7F800000)


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["x"]), int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["detected"]), 1)


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    x = memory.array(int(arguments["x"]), int(arguments["n"]), np.uint32)
    if ((x & EXPONENT) == EXPONENT).any():
        memory.array(int(arguments["detected"]), 1, np.int32)[0] = 1


GUARD = Kernel(
    name="guard",
    parameters=(
        ("n", ParameterType.INT),
        ("x", ParameterType.POINTER),
        ("detected", ParameterType.POINTER),
    ),
    geometry=lambda arguments: geometry.linear(int(arguments["n"])),
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    stores=lambda _: (),
)
