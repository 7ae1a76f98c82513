"""Windows over three axes of a map as LLVM IR: what is gathered from each window, position by position, in
the order channel, row, column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from llvmlite import ir

from sassafras.building import I64, POINTER, VOID, add_entry, counting, i64, smaller
from sassafras.emulator.semantics.transcendental import FLOAT
from sassafras.kernels.gemm_tile import at

AXES = 3
PER_AXIS = 8  #: extent, count, size, stride, dilation, start, low, end
ARGUMENTS = (POINTER, POINTER, POINTER, *(I64,) * (AXES * PER_AXIS))
"""input; output; address of the numbers; what `PER_AXIS` says, of channels, rows, columns"""


@dataclass(frozen=True)
class Window:
    """A window that has been gathered. ``gathered``: float; ``counted``: int64, positions from low to end of
    every axis; ``value``: float, the input at the output's own place (of kernels whose maps are alike);
    ``numbers``: address of the launch's numbers.
    """

    gathered: ir.Value
    counted: ir.Value
    value: Callable[[], ir.Value]
    numbers: ir.Value

    def number(self, builder: ir.IRBuilder, index: int) -> ir.Value:
        """One of the launch's numbers."""
        return builder.load(at(builder, self.numbers, i64(index)), align=4, typ=FLOAT)


@dataclass(frozen=True)
class Gathering:
    """What a kernel makes of a window: what it begins with; what is gathered and the next value -> what is
    gathered then; the end.
    """

    start: Callable[[ir.IRBuilder], ir.Value]
    step: Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value]
    finish: Callable[[ir.IRBuilder, Window], ir.Value]


@dataclass(frozen=True)
class _Axis:
    extent: ir.Value
    count: ir.Value
    size: ir.Value
    stride: ir.Value
    dilation: ir.Value
    start: ir.Value
    low: ir.Value
    end: ir.Value

    def first(self, builder: ir.IRBuilder, index: ir.Value) -> ir.Value:
        """Where the window of an output begins."""
        return builder.add(self.start, builder.mul(index, self.stride))

    def before(self, builder: ir.IRBuilder, first: ir.Value, place: ir.Value) -> ir.Value:
        """How many of the window's positions lie before ``place``."""
        reach = builder.sub(place, first)
        reach = builder.select(builder.icmp_signed(">", reach, i64(0)), reach, i64(0))
        steps = builder.sdiv(builder.add(reach, builder.sub(self.dilation, i64(1))), self.dilation)
        return smaller(builder, steps, self.size)


def build_module(name: str, gathering: Gathering) -> ir.Module:
    """A module with a function ``name`` of ``ARGUMENTS``."""
    module = ir.Module(name)
    function = ir.Function(module, ir.FunctionType(VOID, ARGUMENTS), f"{name}_worker")
    function.linkage = "internal"
    source, target, numbers, *values = function.args
    source.add_attribute("noalias")
    target.add_attribute("noalias")
    axes = [_Axis(*values[PER_AXIS * k : PER_AXIS * (k + 1)]) for k in range(AXES)]
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    slot = builder.alloca(FLOAT)
    with ExitStack() as loops:
        places = [loops.enter_context(counting(builder, i64(0), axis.count)) for axis in axes]
        index = _flat(builder, places, [axis.count for axis in axes])
        firsts = [axis.first(builder, place) for axis, place in zip(axes, places, strict=True)]
        builder.store(gathering.start(builder), slot)
        _gather(builder, axes, firsts, source, slot, gathering)
        counted = i64(1)
        for axis, first in zip(axes, firsts, strict=True):
            ends = (axis.before(builder, first, place) for place in (axis.end, axis.low))
            counted = builder.mul(counted, builder.sub(*ends))
        gathered = builder.load(slot, typ=FLOAT)
        value = lambda: builder.load(at(builder, source, index), align=4, typ=FLOAT)  # noqa: E731
        result = gathering.finish(builder, Window(gathered, counted, value, numbers))
        builder.store(result, at(builder, target, index), align=4)
    builder.ret_void()
    add_entry(module, function, name)
    return module


def _gather(
    builder: ir.IRBuilder,
    axes: Sequence[_Axis],
    firsts: Sequence[ir.Value],
    source: ir.Value,
    slot: ir.Value,
    gathering: Gathering,
) -> None:
    """Takes the values of one window that lie in the map."""
    with ExitStack() as loops:
        places = []
        for axis, first in zip(axes, firsts, strict=True):
            low, high = (axis.before(builder, first, place) for place in (i64(0), axis.extent))
            position = loops.enter_context(counting(builder, low, high))
            places.append(builder.add(first, builder.mul(position, axis.dilation)))
        index = _flat(builder, places, [axis.extent for axis in axes])
        value = builder.load(at(builder, source, index), align=4, typ=FLOAT)
        builder.store(gathering.step(builder, builder.load(slot, typ=FLOAT), value), slot)


def _flat(builder: ir.IRBuilder, places: Sequence[ir.Value], extents: Sequence[ir.Value]) -> ir.Value:
    index = places[0]
    for place, extent in zip(places[1:], extents[1:], strict=True):
        index = builder.add(builder.mul(index, extent), place)
    return index
