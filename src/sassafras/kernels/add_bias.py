"""The kernel ``add_bias`` (``cuda/add_bias.cu``): output[image, filter, :] += biases[filter], in place."""

from __future__ import annotations

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Arguments, Kernel, ParameterType, Region


def _elements(arguments: Arguments) -> int:
    return int(arguments["batch"]) * int(arguments["n"]) * int(arguments["size"])


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(_elements(arguments))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    biases = regions.words(int(arguments["biases"]), int(arguments["n"]))
    return (*_writes(arguments), *biases)


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), _elements(arguments))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    output = memory.array(int(arguments["output"]), _elements(arguments))
    biases = memory.array(int(arguments["biases"]), int(arguments["n"]))
    batch, n, size = (int(arguments[name]) for name in ("batch", "n", "size"))
    native()["add_bias"](output.ctypes.data, biases.ctypes.data, batch, n, size)


ADD_BIAS = Kernel(
    name="add_bias",
    parameters=(
        ("output", ParameterType.POINTER),
        ("biases", ParameterType.POINTER),
        ("batch", ParameterType.INT),
        ("n", ParameterType.INT),
        ("size", ParameterType.INT),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    owner_of=owners.element_of("output"),
)
