"""Kernels that map every element by itself: output[i] = f(input[i]), with at most two numbers, alpha and
beta. One CUDA source each (``cuda/map_*.cu``); all else is the same, and made here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from llvmlite import ir
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
from sassafras.kernels.pieces import Map, Shape

Formula = Callable[..., ir.Value]  #: builder, x, numbers -> what the machine code makes of them
NUMBERS = ("alpha", "beta")
_ARGUMENTS = (POINTER, POINTER, I64, POINTER)  # input, output, n, address of the numbers


def map_kernel(name: str, task: str, formula: Formula, numbers: int = 0) -> Kernel:
    """The record of a kernel of the family. ``formula``: writes the IR of its twin; it stands in the module
    of the kernel's name. ``numbers``: how many floats it has.
    """
    given = NUMBERS[:numbers]
    signatures = {name: _ARGUMENTS}

    @cache
    def native() -> Callable[..., None]:
        return load(name, lambda: _module(name, formula, numbers), name, signatures, vectorize=True)[name]

    def compute(arguments: Arguments, source: NDArray[np.float32], target: NDArray[np.float32]) -> None:
        values = np.array([arguments[each] for each in given], np.float32)
        native()(source.ctypes.data, target.ctypes.data, source.size, values.ctypes.data)

    def twin(memory: DeviceMemory, arguments: Arguments) -> None:
        n = int(arguments["n"])
        source, target = (memory.array(int(arguments[each]), n) for each in ("input", "output"))
        compute(arguments, source, target)

    def through(arguments: Arguments, operands: Sequence[Operand], _shape: Shape) -> Found:
        piece = operands[0].piece
        assert piece is not None
        source: Map = np.ascontiguousarray(piece.values)
        target = np.empty(source.shape, np.float32)
        compute(arguments, source, target)
        return piece.top, piece.left, target

    return Kernel(
        name=name,
        role=Role("elementwise", task),
        parameters=(
            ("n", ParameterType.INT),
            ("input", ParameterType.POINTER),
            ("output", ParameterType.POINTER),
            *((each, ParameterType.FLOAT) for each in given),
        ),
        geometry=_geometry,
        reads=_reads,
        writes=_writes,
        overwrites=True,
        twin=twin,
        owner_of=owners.element_of("output"),
        carry=carry_maps(_sources, _target, through),
        copied=Copied(" ".join(("input output n", *given))),
    )


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["input"]), int(arguments["n"]))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _sources(arguments: Arguments, shape: Shape) -> Sequence[Placed]:
    return [(int(arguments["input"]), same_count(shape, int(arguments["n"])))]


def _target(arguments: Arguments, shape: Shape) -> tuple[int, Shape]:
    return int(arguments["output"]), same_count(shape, int(arguments["n"]))


def _module(name: str, formula: Formula, numbers: int) -> ir.Module:
    module = ir.Module(name)
    function = ir.Function(module, ir.FunctionType(VOID, _ARGUMENTS), f"{name}_worker")
    function.linkage = "internal"
    source, target, n, values = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    given = [builder.load(at(builder, values, i64(k)), align=4, typ=FLOAT) for k in range(numbers)]
    with counting(builder, i64(0), n, i64(1)) as i:
        x = builder.load(at(builder, source, i), align=4, typ=FLOAT)
        builder.store(formula(builder, x, *given), at(builder, target, i), align=4)
    builder.ret_void()
    add_entry(module, function, name)
    return module
