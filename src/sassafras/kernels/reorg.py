"""The kernel ``reorg`` (``cuda/reorg.cu``): an image taken apart into smaller ones, as Darknet does."""

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
    """The input as (channels / stride^2, h x stride, w x stride): its pixels by place in the stride."""
    channels, h, w, stride = (int(arguments[name]) for name in ("channels", "h", "w", "stride"))
    source = memory.array(int(arguments["input"]), int(arguments["n"]), np.uint32)
    apart = source.reshape(channels // stride**2, h, stride, w, stride).transpose(2, 4, 0, 1, 3)
    memory.array(int(arguments["output"]), source.size, np.uint32)[:] = apart.reshape(-1)


REORG = Kernel(
    name="reorg",
    role=Role("reorg", "take apart"),
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("channels", ParameterType.INT),
        ("h", ParameterType.INT),
        ("w", ParameterType.INT),
        ("stride", ParameterType.INT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.element_of("output"),
    copied=Copied("input output n channels h w stride"),
)
