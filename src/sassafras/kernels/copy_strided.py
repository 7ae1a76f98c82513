"""The kernel ``copy_strided`` (``cuda/copy_strided.cu``): a map out of the values of another, at steps of its
own along every axis: slices, transpositions, repetitions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.maps import Found, Operand, Placed, carry_maps
from sassafras.kernels.pieces import Map, Shape

_INTEGERS = ("height", "width", "offset", "step_c", "step_h", "step_w")


def _shape(arguments: Arguments) -> Shape:
    """Of the output. Raises ValueError for part of a plane."""
    height, width = int(arguments["height"]), int(arguments["width"])
    channels, rest = divmod(int(arguments["n"]), height * width)
    if rest:
        raise ValueError(f"copy_strided: n = {arguments['n']} is not a whole number of planes")
    return channels, height, width


def _steps(arguments: Arguments) -> tuple[int, int, int]:
    channel, row, column = (int(arguments[name]) for name in ("step_c", "step_h", "step_w"))
    return channel, row, column


def _reach(arguments: Arguments) -> tuple[int, int]:
    """The first element that is read, and the one behind the last."""
    ends = [step * (extent - 1) for step, extent in zip(_steps(arguments), _shape(arguments), strict=True)]
    offset = int(arguments["offset"])
    return offset + sum(min(end, 0) for end in ends), offset + sum(max(end, 0) for end in ends) + 1


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    first, end = _reach(arguments)
    return regions.words(int(arguments["input"]) + regions.WORD * first, end - first)


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _picked(arguments: Arguments, source: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """What the threads read. ``source``: all elements up to the last one. A view."""
    steps = [regions.WORD * step for step in _steps(arguments)]
    return as_strided(source[int(arguments["offset"]) :], _shape(arguments), steps, writeable=False)


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    source = memory.array(int(arguments["input"]), _reach(arguments)[1], np.uint32)
    output = memory.array(int(arguments["output"]), int(arguments["n"]), np.uint32)
    output.reshape(_shape(arguments))[...] = _picked(arguments, source)


def _through(arguments: Arguments, operands: Sequence[Operand], _own: Shape) -> Found:
    flat = np.ascontiguousarray(operands[0].whole()).reshape(-1).view(np.uint32)
    values: Map = np.ascontiguousarray(_picked(arguments, flat)).view(np.float32)
    return 0, 0, values


def _sources(arguments: Arguments, _own: Shape) -> Sequence[Placed]:
    return [(int(arguments["input"]), None)]


def _target(arguments: Arguments, _own: Shape) -> tuple[int, Shape]:
    return int(arguments["output"]), _shape(arguments)


COPY_STRIDED = Kernel(
    name="copy_strided",
    role=Role("copy", "values at other places"),
    parameters=(
        *((name, ParameterType.INT) for name in ("n", *_INTEGERS)),
        ("input", ParameterType.POINTER),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=carry_maps(_sources, _target, _through),
    copied=Copied(" ".join(("input output n", *_INTEGERS))),
)
