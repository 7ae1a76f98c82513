"""The kernel ``activate_array`` (``cuda/activate_array.cu``): an activation function, in place."""

from __future__ import annotations

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.activation import Activation
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Arguments, Kernel, ParameterType, Region


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _elements(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["x"]), int(arguments["n"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    x = memory.array(int(arguments["x"]), int(arguments["n"]))
    code = int(arguments["a"])
    if code in tuple(Activation):
        native()[f"activate_{code}"](x.ctypes.data, x.size)
    else:
        x[...] = 0.0


ACTIVATE_ARRAY = Kernel(
    name="activate_array",
    parameters=(
        ("x", ParameterType.POINTER),
        ("n", ParameterType.INT),
        ("a", ParameterType.INT),
    ),
    geometry=_geometry,
    reads=_elements,
    writes=_elements,
    overwrites=False,
    twin=_twin,
    owner_of=owners.element_of("x"),
)
