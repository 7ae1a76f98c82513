"""Kernels that compute value by value of two: output[i] = f(a[..], b[..]) for n values in rows of ``size``.
What a or b has fewer of (a channel's one value, a constant) is read again: the step from row to row (outer)
or within a row (inner) is 0 then. One CUDA source each (``cuda/broadcast_*.cu``); all else is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from llvmlite import ir
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from sassafras.building import I64, POINTER, VOID, add_entry, counting, i64
from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.semantics.transcendental import FLOAT
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.copied import Copied
from sassafras.kernels.entries import load
from sassafras.kernels.gemm_tile import at
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.maps import Found, Operand, Placed, carry_maps, same_count
from sassafras.kernels.pieces import Box, Map, Shape, around

Formula = Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value]
_ARGUMENTS = (POINTER, POINTER, POINTER, I64)  # a, b, output, n


def broadcast_kernel(name: str, task: str, formula: Formula) -> Kernel:
    """The record of a kernel of the family. ``formula``: writes the IR of its twin."""

    @cache
    def native() -> Callable[..., None]:
        return load(name, lambda: _module(name, formula), name, {name: _ARGUMENTS}, vectorize=True)[name]

    def compute(a: NDArray[np.float32], b: NDArray[np.float32], output: NDArray[np.float32]) -> None:
        a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
        native()(a.ctypes.data, b.ctypes.data, output.ctypes.data, output.size)

    def twin(memory: DeviceMemory, arguments: Arguments) -> None:
        a, b = (
            _spread(arguments, name, memory.array(int(arguments[name]), count_of(arguments, name)))
            for name in ("a", "b")
        )
        compute(a, b, memory.array(int(arguments["output"]), int(arguments["n"])))

    def through(arguments: Arguments, operands: Sequence[Operand], shape: Shape) -> Found:
        box = _changed(arguments, operands, shape)
        a, b = (
            _within(arguments, name, operand, box, shape)
            for name, operand in zip(("a", "b"), operands, strict=True)
        )
        output = np.empty((shape[0], box.bottom - box.top, box.right - box.left), np.float32)
        compute(a, b, output)
        return box.top, box.left, output

    return Kernel(
        name=name,
        role=Role("elementwise", task),
        parameters=(
            ("n", ParameterType.INT),
            ("size", ParameterType.INT),
            *_operand_parameters("a"),
            *_operand_parameters("b"),
            ("output", ParameterType.POINTER),
        ),
        geometry=_geometry,
        reads=_reads,
        writes=_writes,
        overwrites=True,
        twin=twin,
        owner_of=owners.element_of("output"),
        carry=carry_maps(_sources, _target, through),
        copied=Copied("a b output n size a_outer a_inner b_outer b_inner"),
    )


def count_of(arguments: Arguments, name: str) -> int:
    """How many values of a or b a launch reaches, gaps included."""
    n, size = int(arguments["n"]), int(arguments["size"])
    outer, inner = int(arguments[f"{name}_outer"]), int(arguments[f"{name}_inner"])
    return (n // size - 1) * outer + (size - 1) * inner + 1


def _operand_parameters(name: str) -> tuple[tuple[str, ParameterType], ...]:
    steps = ((f"{name}_{step}", ParameterType.INT) for step in ("outer", "inner"))
    return ((name, ParameterType.POINTER), *steps)


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    found = (regions.words(int(arguments[name]), count_of(arguments, name)) for name in ("a", "b"))
    return tuple(region for each in found for region in each)


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _spread(arguments: Arguments, name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the threads read of a or b, float32 (rows, size). A view."""
    n, size = int(arguments["n"]), int(arguments["size"])
    steps = (4 * int(arguments[f"{name}_outer"]), 4 * int(arguments[f"{name}_inner"]))
    return as_strided(values, (n // size, size), steps, writeable=False)


def _sources(arguments: Arguments, shape: Shape) -> Sequence[Placed]:
    return [(int(arguments[name]), same_count(shape, count_of(arguments, name))) for name in ("a", "b")]


def _target(arguments: Arguments, shape: Shape) -> tuple[int, Shape]:
    return int(arguments["output"]), same_count(shape, int(arguments["n"]))


def _is_whole(arguments: Arguments, name: str) -> bool:
    """Whether every value of the result has one of its own, in the same order."""
    n, size = arguments["n"], arguments["size"]
    by_rows = n == size or arguments[f"{name}_outer"] == size
    return by_rows and (size == 1 or arguments[f"{name}_inner"] == 1)


def _changed(arguments: Arguments, operands: Sequence[Operand], shape: Shape) -> Box:
    """Where the result may differ: around the pieces of whole maps; everywhere, if what is spread differs."""
    faulty = {name: o.piece for name, o in zip(("a", "b"), operands, strict=True) if o.piece is not None}
    if all(_is_whole(arguments, name) for name in faulty):
        return around(*faulty.values())
    return Box(0, shape[1], 0, shape[2])


def _within(arguments: Arguments, name: str, operand: Operand, box: Box, shape: Shape) -> Map:
    if _is_whole(arguments, name):
        return operand.within(box)
    flat = np.ascontiguousarray(operand.whole()).reshape(-1)
    return _spread(arguments, name, flat).reshape(shape)[box.place]


def _module(name: str, formula: Formula) -> ir.Module:
    module = ir.Module(name)
    function = ir.Function(module, ir.FunctionType(VOID, _ARGUMENTS), f"{name}_worker")
    function.linkage = "internal"
    a, b, output, n = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    with counting(builder, i64(0), n, i64(1)) as i:
        x, y = (builder.load(at(builder, base, i), align=4, typ=FLOAT) for base in (a, b))
        builder.store(formula(builder, x, y), at(builder, output, i), align=4)
    builder.ret_void()
    add_entry(module, function, name)
    return module
