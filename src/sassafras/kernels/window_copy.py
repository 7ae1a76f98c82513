"""Copying overlapping windows into the columns of a matrix, fast: NumPy needs several nanoseconds per value
where rows are as short as those of a window.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from sassafras.building import I64, POINTER, VOID, add_entry, counting, i64
from sassafras.kernels.entries import load
from sassafras.kernels.gemm_tile import FLOAT, at
from sassafras.native import address_of

SHORT = 16  #: up to this many values in a row the compiler knows how many
ARGUMENTS = (POINTER, *(I64,) * 10, POINTER, I64)
"""source; shape (5); its strides (5), in floats; target; floats between rows of the target"""


def copy_windows(source: NDArray[np.float32], target: NDArray[np.float32]) -> None:
    """``target[...] = source.reshape(target.shape)`` for float32 arrays, without the copy of ``source``.

    ``source``: (..., height, width), at most 5 axes, any strides. ``target``: (rows, height * width), the
    values of a row side by side, rows any distance apart. Raises ValueError for other shapes.
    """
    shape, (rows, count) = source.shape, target.shape
    fits = 2 <= len(shape) <= 5 and shape[-2] * shape[-1] == count and source.size == rows * count
    if not fits or (target.size and count > 1 and target.strides[1] != target.itemsize):
        raise ValueError(f"windows {shape} do not fill a matrix {target.shape}")
    if source.dtype != np.float32 or target.dtype != np.float32:
        raise ValueError(f"windows are float32, not {source.dtype} and {target.dtype}")
    if source.size == 0:
        return
    missing = 5 - len(shape)
    shapes = (1,) * missing + shape
    strides = (0,) * missing + tuple(s // source.itemsize for s in source.strides)
    _native()(address_of(source), *shapes, *strides, address_of(target), target.strides[0] // target.itemsize)


def _emit_row(
    builder: ir.IRBuilder, source: ir.Value, step: ir.Value, target: ir.Value, count: ir.Value
) -> None:
    with counting(builder, i64(0), count, i64(1)) as k:
        value = builder.load(at(builder, source, builder.mul(k, step)), align=4, typ=FLOAT)
        builder.store(value, at(builder, target, k), align=4)


def _emit_loops(builder: ir.IRBuilder, arguments: list[ir.Value], width: ir.Value, step: ir.Value) -> None:
    source, n0, n1, n2, height, _, s0, s1, s2, down, _, target, ld = arguments
    one, zero = i64(1), i64(0)
    with counting(builder, zero, n0, one) as a, counting(builder, zero, n1, one) as b:
        plane = at(builder, source, builder.mul(a, s0), builder.mul(b, s1))
        first = builder.mul(builder.add(builder.mul(a, n1), b), n2)
        with counting(builder, zero, n2, one) as c:
            window = at(builder, plane, builder.mul(c, s2))
            row = at(builder, target, builder.mul(builder.add(first, c), ld))
            with counting(builder, zero, height, one) as y:
                line = at(builder, window, builder.mul(y, down))
                _emit_row(builder, line, step, at(builder, row, builder.mul(y, width)), width)


def build_module() -> ir.Module:
    """``copy_windows``, with loops of its own for short rows of neighbours."""
    module = ir.Module("window_copy")
    function = ir.Function(module, ir.FunctionType(VOID, ARGUMENTS), "copy_windows_worker")
    function.linkage = "internal"
    arguments = list(function.args)
    for pointer in (arguments[0], arguments[11]):
        pointer.add_attribute("noalias")
    width, step = arguments[5], arguments[10]
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    known, any_width = function.append_basic_block("known"), function.append_basic_block("any")
    builder.cbranch(builder.icmp_signed("==", step, i64(1)), known, any_width)
    builder.position_at_end(known)
    table = builder.switch(width, any_width)
    for constant in range(1, SHORT + 1):
        case = function.append_basic_block(f"width_{constant}")
        table.add_case(i64(constant), case)
        builder.position_at_end(case)
        _emit_loops(builder, arguments, i64(constant), i64(1))
        builder.ret_void()
    builder.position_at_end(any_width)
    _emit_loops(builder, arguments, width, step)
    builder.ret_void()
    add_entry(module, function, "copy_windows")
    return module


@cache
def _native() -> Callable[..., None]:
    return load("window_copy", build_module, "window_copy", {"copy_windows": ARGUMENTS}, vectorize=True)[
        "copy_windows"
    ]
