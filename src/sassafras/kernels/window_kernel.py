"""Kernels in which a thread gathers the values of one window of a map: pooling, reductions, sums over
neighbouring channels. How each lays its windows is said by `Axis`; all else is made here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied, place_and_zero
from sassafras.kernels.entries import load
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.maps import Found, Operand, Placed, carry_maps
from sassafras.kernels.pieces import Box, Shape
from sassafras.kernels.window_ir import ARGUMENTS, Gathering, build_module
from sassafras.kernels.windows import Window

FAR = 1 << 40  #: beyond every index


@dataclass(frozen=True)
class Axis:
    """Windows along one axis of a map of ``extent``: ``size`` positions, one every ``dilation``, from
    ``start + stride * output`` on, for ``count`` outputs. Those from ``low`` to ``end`` (half-open) count for
    a mean, inside the map or not.
    """

    extent: int
    count: int
    size: int = 1
    stride: int = 1
    dilation: int = 1
    start: int = 0
    low: int = -FAR
    end: int = FAR

    @property
    def numbers(self) -> tuple[int, ...]:
        """As the twin takes them."""
        sizes = (self.extent, self.count, self.size, self.stride, self.dilation)
        return (*sizes, self.start, self.low, self.end)

    def cut(self, first: int, end: int) -> tuple[Axis, int, int, int] | None:
        """The windows that meet the inputs [first, end): as an axis of the inputs that they reach, the first
        of these and the end, and the first output. None: there is no such window.
        """
        span = Window(self.dilation * (self.size - 1) + 1, self.stride, self.start, self.count)
        low, high = span.touching(first, end)
        if low >= high:
            return None
        inputs = span.inputs(low, high)
        begin, stop = max(inputs[0], 0), min(inputs[1], self.extent)
        moved = replace(
            self,
            extent=stop - begin,
            count=high - low,
            start=self.start + low * self.stride - begin,
            low=self.low - begin,
            end=self.end - begin,
        )
        return moved, begin, stop, low


Axes = tuple[Axis, Axis, Axis]  #: of channels, rows, columns


@dataclass(frozen=True)
class _Work:
    """What a launch does. ``axes``: from its arguments; ``numbers``: names of its floats."""

    name: str
    axes: Callable[[Arguments], Axes]
    gathering: Gathering
    numbers: Sequence[str]

    @cached_property
    def native(self) -> Callable[..., None]:
        """The compiled twin."""
        make = lambda: build_module(self.name, self.gathering)  # noqa: E731
        return load(self.name, make, self.name, {self.name: ARGUMENTS}, vectorize=True)[self.name]

    def compute(
        self, arguments: Arguments, laid: Axes, source: NDArray[np.float32], target: NDArray[np.float32]
    ) -> None:
        """Windows that lie so, of a map or of a part of one."""
        values = np.array([arguments[each] for each in self.numbers], np.float32)
        given = [number for axis in laid for number in axis.numbers]
        self.native(source.ctypes.data, target.ctypes.data, values.ctypes.data, *given)

    def twin(self, memory: DeviceMemory, arguments: Arguments) -> None:
        """A launch."""
        laid = self.axes(arguments)
        source = memory.array(int(arguments["input"]), math.prod(axis.extent for axis in laid))
        target = memory.array(int(arguments["output"]), math.prod(axis.count for axis in laid))
        self.compute(arguments, laid, source, target)

    def reads(self, arguments: Arguments) -> tuple[Region, ...]:
        """The map."""
        count = math.prod(axis.extent for axis in self.axes(arguments))
        return regions.words(int(arguments["input"]), count)

    def sources(self, arguments: Arguments, _own: Shape) -> Sequence[Placed]:
        """For `carry_maps`."""
        channels, rows, columns = (axis.extent for axis in self.axes(arguments))
        return [(int(arguments["input"]), (channels, rows, columns))]

    def target(self, arguments: Arguments, _own: Shape) -> tuple[int, Shape]:
        """For `carry_maps`."""
        channels, rows, columns = (axis.count for axis in self.axes(arguments))
        return int(arguments["output"]), (channels, rows, columns)

    def through(self, arguments: Arguments, operands: Sequence[Operand], _shape: Shape) -> Found:
        """For `carry_maps`: the windows that meet the piece."""
        operand, laid = operands[0], self.axes(arguments)
        box = operand.box
        assert box is not None
        down, across = laid[1].cut(box.top, box.bottom), laid[2].cut(box.left, box.right)
        if down is None or across is None:
            return None
        source = operand.within(Box(down[1], down[2], across[1], across[2]))
        target = np.empty((laid[0].count, down[0].count, across[0].count), np.float32)
        self.compute(arguments, (laid[0], down[0], across[0]), source, target)
        return down[3], across[3], target


def window_kernel(
    name: str,
    role: Role,
    integers: Sequence[str],
    axes: Callable[[Arguments], Axes],
    gathering: Gathering,
    numbers: Sequence[str] = (),
) -> Kernel:
    """The record of a kernel of the family. Its parameters are ``n`` (outputs), ``integers``, ``input``,
    ``numbers`` (floats) and ``output``; ``axes``: from its arguments. The module of the kernel's name makes
    the gathering.
    """
    work = _Work(name, axes, gathering, numbers)
    return Kernel(
        name=name,
        role=role,
        parameters=(
            *((each, ParameterType.INT) for each in ("n", *integers)),
            ("input", ParameterType.POINTER),
            *((each, ParameterType.FLOAT) for each in numbers),
            ("output", ParameterType.POINTER),
        ),
        geometry=_geometry,
        reads=work.reads,
        writes=_writes,
        overwrites=True,
        twin=work.twin,
        owner_of=owners.element_of("output"),
        carry=carry_maps(work.sources, work.target, work.through),
        copied=Copied(" ".join(("input output n", *integers, *numbers)), place_and_zero),
    )


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))
