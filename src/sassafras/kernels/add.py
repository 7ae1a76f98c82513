"""The kernel ``add`` (``cuda/add.cu``): output[i] = a[i] + b[i]; the output may be a or b: in place."""

from __future__ import annotations

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Arguments, Kernel, ParameterType, Region


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


ADD = Kernel(
    name="add",
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
)
