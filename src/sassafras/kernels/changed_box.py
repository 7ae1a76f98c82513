"""Which rectangle of a feature map really differs, and by how many values: one pass over the bits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from sassafras.building import I32, I64, POINTER, VOID, add_entry, counting, i64, smaller
from sassafras.kernels.entries import load
from sassafras.native import address_of

ARGUMENTS = (POINTER, POINTER, *(I64,) * 7, POINTER)
"""values; expected; channels, height, width; floats between planes and rows of values; of expected; result"""


def changed_box(values: NDArray[np.float32], expected: NDArray[np.float32]) -> tuple[int, int, int, int, int]:
    """Values that differ in any bit, float32 (channels, height, width) each with neighbouring columns.

    Returns their number, and the smallest rectangle of pixels around them: top, bottom, left, right
    (half-open; without meaning where the number is 0). Raises ValueError for other arrays.
    """
    if values.shape != expected.shape or values.ndim != 3 or values.dtype != expected.dtype != np.float32:
        raise ValueError(f"maps of one shape are compared, not {values.shape} and {expected.shape}")
    if values.size == 0:
        return 0, 0, 0, 0, 0
    result = np.empty(5, np.int64)
    strides = []
    for array in (values, expected):
        plane, row, column = array.strides
        if column != array.itemsize and array.shape[2] > 1:
            raise ValueError(f"columns must be neighbours, not {column} bytes apart")
        strides += [plane // array.itemsize, row // array.itemsize]
    _native()(address_of(values), address_of(expected), *values.shape, *strides, address_of(result))
    count, top, bottom, left, right = result.tolist()
    return count, top, bottom, left, right


def _larger(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    return builder.select(builder.icmp_signed(">", a, b), a, b)


def build_module() -> ir.Module:
    """``changed_box``."""
    module = ir.Module("changed_box")
    function = ir.Function(module, ir.FunctionType(VOID, ARGUMENTS), "changed_box_worker")
    function.linkage = "internal"
    values, expected, channels, height, width, plane, row, other_plane, other_row, result = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    slots = [builder.alloca(I64) for _ in range(5)]
    count, top, bottom, left, right = slots
    for slot, start in zip(slots, (i64(0), height, i64(0), width, i64(0)), strict=True):
        builder.store(start, slot)
    one, zero = i64(1), i64(0)
    with counting(builder, zero, channels, one) as c, counting(builder, zero, height, one) as y:
        here = builder.add(builder.mul(c, plane), builder.mul(y, row))
        there = builder.add(builder.mul(c, other_plane), builder.mul(y, other_row))
        before = builder.load(count, typ=I64)
        with counting(builder, zero, width, one) as x:
            pair = [
                builder.load(builder.gep(base, [builder.add(start, x)], source_etype=I32), align=4, typ=I32)
                for base, start in ((values, here), (expected, there))
            ]
            differs = builder.icmp_unsigned("!=", *pair)
            builder.store(builder.add(builder.load(count, typ=I64), builder.zext(differs, I64)), count)
            low, high = builder.load(left, typ=I64), builder.load(right, typ=I64)
            builder.store(builder.select(differs, smaller(builder, x, low), low), left)
            builder.store(builder.select(differs, _larger(builder, builder.add(x, one), high), high), right)
        any_here = builder.icmp_signed(">", builder.load(count, typ=I64), before)
        low, high = builder.load(top, typ=I64), builder.load(bottom, typ=I64)
        builder.store(builder.select(any_here, smaller(builder, y, low), low), top)
        builder.store(builder.select(any_here, _larger(builder, builder.add(y, one), high), high), bottom)
    for k, slot in enumerate(slots):
        builder.store(builder.load(slot, typ=I64), builder.gep(result, [i64(k)], source_etype=I64))
    builder.ret_void()
    add_entry(module, function, "changed_box")
    return module


@cache
def _native() -> Callable[..., None]:
    return load("changed_box", build_module, "changed_box", {"changed_box": ARGUMENTS}, vectorize=True)[
        "changed_box"
    ]
