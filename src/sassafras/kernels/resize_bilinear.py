"""The kernel ``resize_bilinear`` (``cuda/resize_bilinear.cu``): a map of another size, each value between
four of the input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from llvmlite import ir

from sassafras.building import I64, POINTER, VOID, add_entry, counting, i64, smaller
from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.semantics.transcendental import FLOAT
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied
from sassafras.kernels.entries import load
from sassafras.kernels.float_ops import add, constant, multiply_add
from sassafras.kernels.gemm_tile import at
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.maps import Found, Operand, Placed, carry_maps
from sassafras.kernels.pieces import Shape

_INTEGERS = ("in_h", "in_w", "height", "width")
_NUMBERS = ("scale_h", "shift_h", "scale_w", "shift_w")
_ARGUMENTS = (POINTER, POINTER, POINTER, *(I64,) * 7)
"""input, output, address of the numbers; channels, rows and columns of the input; first row and rows, first
column and columns of the output
"""
Range = tuple[int, int]  #: half-open


def _channels(arguments: Arguments) -> int:
    """Raises ValueError for part of a plane."""
    channels, rest = divmod(int(arguments["n"]), int(arguments["height"]) * int(arguments["width"]))
    if rest:
        raise ValueError(f"resize_bilinear: n = {arguments['n']} is not a whole number of planes")
    return channels


def _input_shape(arguments: Arguments) -> Shape:
    return _channels(arguments), int(arguments["in_h"]), int(arguments["in_w"])


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), math.prod(_input_shape(arguments)))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _compute(arguments: Arguments, source: int, target: int, rows: Range, columns: Range) -> None:
    """``source``, ``target``: addresses of the whole input, and of the part of the output."""
    numbers = np.array([arguments[name] for name in _NUMBERS], np.float32)
    ends = (rows[0], rows[1] - rows[0], columns[0], columns[1] - columns[0])
    _native()(source, target, numbers.ctypes.data, *_input_shape(arguments), *ends)


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    source = memory.array(int(arguments["input"]), math.prod(_input_shape(arguments)))
    target = memory.array(int(arguments["output"]), int(arguments["n"]))
    whole = ((0, int(arguments["height"])), (0, int(arguments["width"])))
    _compute(arguments, source.ctypes.data, target.ctypes.data, *whole)


def _touching(arguments: Arguments, axis: str, extent: int, first: int, end: int) -> Range | None:
    """Outputs that may take something of the inputs [first, end): some more than do."""
    scale, shift = float(arguments[f"scale_{axis}"]), float(arguments[f"shift_{axis}"])
    places = np.clip(scale * np.arange(extent) + shift, 0, int(arguments[f"in_{axis}"]) - 1)
    (found,) = np.nonzero((places > first - 2) & (places < end + 1))
    return (int(found[0]), int(found[-1]) + 1) if found.size else None


def _through(arguments: Arguments, operands: Sequence[Operand], shape: Shape) -> Found:
    box = operands[0].box
    assert box is not None
    rows = _touching(arguments, "h", shape[1], box.top, box.bottom)
    columns = _touching(arguments, "w", shape[2], box.left, box.right)
    if rows is None or columns is None:
        return None
    source = np.ascontiguousarray(operands[0].whole())
    target = np.empty((shape[0], rows[1] - rows[0], columns[1] - columns[0]), np.float32)
    _compute(arguments, source.ctypes.data, target.ctypes.data, rows, columns)
    return rows[0], columns[0], target


def _sources(arguments: Arguments, _own: Shape) -> Sequence[Placed]:
    return [(int(arguments["input"]), _input_shape(arguments))]


def _target(arguments: Arguments, _own: Shape) -> tuple[int, Shape]:
    shape = (_channels(arguments), int(arguments["height"]), int(arguments["width"]))
    return int(arguments["output"]), shape


def _place(
    builder: ir.IRBuilder, place: ir.Value, extent: ir.Value, scale: ir.Value, shift: ir.Value
) -> tuple[ir.Value, ir.Value, ir.Value]:
    """Of an output along an axis: the input before it, the one behind it, its way between them."""
    last = builder.sub(extent, i64(1))
    end = builder.sitofp(last, FLOAT)
    where = multiply_add(builder, builder.sitofp(place, FLOAT), scale, shift)
    held = builder.select(builder.fcmp_ordered(">", where, end), end, where)
    held = builder.select(builder.fcmp_ordered("<", where, constant(0.0)), constant(0.0), held)
    before = builder.fptosi(held, I64)
    part = add(builder, held, builder.fneg(builder.sitofp(before, FLOAT)))
    return before, smaller(builder, builder.add(before, i64(1)), last), part


def _between(builder: ir.IRBuilder, one: ir.Value, other: ir.Value, part: ir.Value) -> ir.Value:
    return multiply_add(builder, add(builder, other, builder.fneg(one)), part, one)


def build_module() -> ir.Module:
    """``resize_bilinear``."""
    module = ir.Module("resize_bilinear")
    function = ir.Function(module, ir.FunctionType(VOID, _ARGUMENTS), "resize_bilinear_worker")
    function.linkage = "internal"
    source, target, numbers, channels, in_h, in_w, row, rows, column, columns = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    given = [builder.load(at(builder, numbers, i64(k)), align=4, typ=FLOAT) for k in range(4)]
    with counting(builder, i64(0), channels) as c, counting(builder, i64(0), rows) as i:
        plane = at(builder, source, builder.mul(c, builder.mul(in_h, in_w)))
        top, bottom, down = _place(builder, builder.add(row, i), in_h, *given[:2])
        line = at(builder, target, builder.mul(builder.add(builder.mul(c, rows), i), columns))
        with counting(builder, i64(0), columns) as j:
            left, right, across = _place(builder, builder.add(column, j), in_w, *given[2:])
            pair = []
            for y in (top, bottom):
                base = at(builder, plane, builder.mul(y, in_w))
                one, other = (builder.load(at(builder, base, x), align=4, typ=FLOAT) for x in (left, right))
                pair.append(_between(builder, one, other, across))
            value = _between(builder, pair[0], pair[1], down)
            builder.store(value, at(builder, line, j), align=4)
    builder.ret_void()
    add_entry(module, function, "resize_bilinear")
    return module


@cache
def _native() -> Callable[..., None]:
    name = "resize_bilinear"
    return load(name, build_module, name, {name: _ARGUMENTS}, vectorize=True)[name]


RESIZE_BILINEAR = Kernel(
    name="resize_bilinear",
    role=Role("resize", "values between others"),
    parameters=(
        *((name, ParameterType.INT) for name in ("n", *_INTEGERS)),
        ("input", ParameterType.POINTER),
        *((name, ParameterType.FLOAT) for name in _NUMBERS),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=carry_maps(_sources, _target, _through),
    copied=Copied(" ".join(("input output n", *_INTEGERS, *_NUMBERS))),
)
