"""Kernels whose every value is one of the input's, found along each axis by itself, or a number that fills:
padding, nearest neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.maps import Found, Operand, Placed, carry_maps
from sassafras.kernels.pieces import Box, Map, Shape

Index = NDArray[np.int64]  #: of an axis: which input each output takes, -1 for none
Indexes = tuple[Index, Index, Index]  #: of channels, rows, columns
FILL = "fill"


def axis_copy_kernel(
    name: str,
    task: str,
    integers: Sequence[str],
    shape: Callable[[Arguments], Shape],
    indexes: Callable[[Arguments], Indexes],
    *,
    filled: bool,
) -> Kernel:
    """The record of a kernel of the family. Its parameters are ``n`` (outputs), ``integers``, ``input``,
    ``fill`` (if ``filled``) and ``output``. ``shape``: of the input.
    """
    numbers = (FILL,) if filled else ()

    def reads(arguments: Arguments) -> tuple[Region, ...]:
        return regions.words(int(arguments["input"]), math.prod(shape(arguments)))

    def twin(memory: DeviceMemory, arguments: Arguments) -> None:
        sizes = shape(arguments)
        source = memory.array(int(arguments["input"]), math.prod(sizes)).reshape(sizes)
        output = memory.array(int(arguments["output"]), int(arguments["n"]), np.uint32)
        found = _taken(source, indexes(arguments), float(arguments.get(FILL, 0.0)))
        output[:] = found.view(np.uint32).reshape(-1)

    def sources(arguments: Arguments, _own: Shape) -> Sequence[Placed]:
        return [(int(arguments["input"]), shape(arguments))]

    def target(arguments: Arguments, _own: Shape) -> tuple[int, Shape]:
        channels, rows, columns = (len(index) for index in indexes(arguments))
        return int(arguments["output"]), (channels, rows, columns)

    def through(arguments: Arguments, operands: Sequence[Operand], _shape: Shape) -> Found:
        box = operands[0].box
        assert box is not None
        channels, rows, columns = indexes(arguments)
        down, across = _cut(rows, box.top, box.bottom), _cut(columns, box.left, box.right)
        if down is None or across is None:
            return None
        inner = Box(down[1], down[2], across[1], across[2])
        fill = float(arguments.get(FILL, 0.0))
        return down[3], across[3], _taken(operands[0].within(inner), (channels, down[0], across[0]), fill)

    return Kernel(
        name=name,
        role=Role("copy", task),
        parameters=(
            *((each, ParameterType.INT) for each in ("n", *integers)),
            ("input", ParameterType.POINTER),
            *((each, ParameterType.FLOAT) for each in numbers),
            ("output", ParameterType.POINTER),
        ),
        geometry=_geometry,
        reads=reads,
        writes=_writes,
        overwrites=True,
        twin=twin,
        owner_of=owners.element_of("output"),
        carry=carry_maps(sources, target, through),
        copied=Copied(" ".join(("input output n", *integers, *numbers))),
    )


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _taken(source: Map, indexes: Indexes, fill: float) -> Map:
    """The output, float32 (channels, rows, columns); bits are copied."""
    values = np.ascontiguousarray(source).view(np.uint32)[np.ix_(*(np.maximum(i, 0) for i in indexes))]
    channels, rows, columns = (index < 0 for index in indexes)
    values[channels[:, None, None] | rows[:, None] | columns] = np.float32(fill).view(np.uint32)
    found: Map = np.ascontiguousarray(values).view(np.float32)
    return found


def _cut(index: Index, first: int, end: int) -> tuple[Index, int, int, int] | None:
    """The part of an axis that takes something of the inputs [first, end): its index into the inputs that it
    takes, these, and the first output. None: there is none.
    """
    (touched,) = np.nonzero((index >= first) & (index < end))
    if not touched.size:
        return None
    low, high = int(touched[0]), int(touched[-1]) + 1
    part = index[low:high]
    begin, stop = int(part[part >= 0].min()), int(part.max()) + 1
    return np.where(part < 0, -1, part - begin), begin, stop, low
