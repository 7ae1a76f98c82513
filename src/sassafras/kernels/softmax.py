"""The kernel ``softmax`` (``cuda/softmax.cu``): one distribution per (image, group)."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied, place_and_zero
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role


def _offsets(arguments: Arguments) -> list[int]:
    """The first element (in floats) of every (image, group), in the order of the threads."""
    return [
        image * int(arguments["batch_offset"]) + group * int(arguments["group_offset"])
        for image in range(int(arguments["batch"]))
        for group in range(int(arguments["groups"]))
    ]


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["batch"]) * int(arguments["groups"]))


def _elements(arguments: Arguments, name: str) -> tuple[Region, ...]:
    base, n, stride = int(arguments[name]), int(arguments["n"]), int(arguments["stride"])
    found = (regions.rows(base + regions.WORD * o, n, stride, 1) for o in _offsets(arguments))
    return regions.merged(region for rows in found for region in rows)


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return _elements(arguments, "input")


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return _elements(arguments, "output")


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n, stride = int(arguments["n"]), int(arguments["stride"])
    if n <= 0:
        return
    temperature = np.array([arguments["temp"]], np.float32)
    for offset in _offsets(arguments):
        place = regions.WORD * offset
        source = memory.array(int(arguments["input"]) + place, (n - 1) * stride + 1)
        output = memory.array(int(arguments["output"]) + place, (n - 1) * stride + 1)
        native()["softmax"](source.ctypes.data, n, stride, temperature.ctypes.data, output.ctypes.data)


SOFTMAX = Kernel(
    name="softmax",
    role=Role("softmax", "probabilities"),
    parameters=(
        ("input", ParameterType.POINTER),
        ("n", ParameterType.INT),
        ("batch", ParameterType.INT),
        ("batch_offset", ParameterType.INT),
        ("groups", ParameterType.INT),
        ("group_offset", ParameterType.INT),
        ("stride", ParameterType.INT),
        ("temp", ParameterType.FLOAT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    copied=Copied("input output n batch batch_offset groups group_offset stride temp", place_and_zero),
)
