"""The kernel ``add`` (``cuda/add.cu``): output[i] = a[i] + b[i]; the output may be a or b: in place."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, covers, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Patch, around, put_over


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    n = int(arguments["n"])
    return tuple(region for name in ("a", "b") for region in regions.words(int(arguments[name]), n))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n = int(arguments["n"])
    a, b, output = (memory.array(int(arguments[name]), n) for name in ("a", "b", "output"))
    native()["add"](a.ctypes.data, b.ctypes.data, output.ctypes.data, n)


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    a, b, output = (int(arguments[name]) for name in ("a", "b", "output"))
    shape = golden.shape(output)
    if {golden.shape(a), golden.shape(b)} != {shape} or not covers(golden, output, int(arguments["n"])):
        return None
    one, other = pieces.get(a), pieces.get(b)
    if one is None and other is None:  # what the launch overwrites was faulty
        return Carried({})
    box = around(one, other)
    terms = [np.ascontiguousarray(put_over(golden.map(x), p, box)) for x, p in ((a, one), (b, other))]
    values = np.empty(terms[0].shape, np.float32)
    native()["add"](*(term.ctypes.data for term in terms), values.ctypes.data, values.size)
    return Carried({output: Patch(output, box.top, box.left, values)})


ADD = Kernel(
    name="add",
    role=Role("shortcut", "sum of maps"),
    parameters=(
        ("n", ParameterType.INT),
        ("a", ParameterType.POINTER),
        ("b", ParameterType.POINTER),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_carry),
    copied=Copied("a b output n"),
)
