"""The kernel ``activate_array`` (``cuda/activate_array.cu``): an activation function, in place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.activation import Activation
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Carry, Golden, Pieces, covers, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Patch
from sassafras.native import address_of

_KNOWN = frozenset(map(int, Activation))


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _elements(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["x"]), int(arguments["n"]))


def activate(values: NDArray[np.float32], code: int) -> None:
    """An activation function on float32 values, in place; with an unknown code every value becomes zero."""
    if code in _KNOWN:
        native()[f"activate_{code}"](address_of(values), values.size)
    else:
        values[...] = 0.0


def hold(values: NDArray[np.float32], low: float, high: float) -> None:
    """``fminf(fmaxf(value, low), high)`` of float32 values, in place: a NaN becomes ``low``. The bounds are
    float32 values, none a NaN.
    """
    bounds = np.array([low, high], np.float32)
    native()["clamp"](address_of(values), values.size, address_of(bounds))


def activate_values(arguments: Arguments, values: NDArray[np.float32]) -> None:
    """What a launch makes of float32 values, in place."""
    activate(values, int(arguments["a"]))


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    activate_values(arguments, memory.array(int(arguments["x"]), int(arguments["n"])))


def carry_in_place(change: Callable[[Arguments, NDArray[np.float32]], None]) -> Carry:
    """How a kernel takes pieces through a launch that changes every value of a map by itself, in place."""

    def carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
        address = int(arguments["x"])
        piece = pieces.get(address)
        if not isinstance(piece, Patch) or not covers(golden, address, int(arguments["n"])):
            return None
        change(arguments, piece.values)
        return Carried({address: piece})

    return one_by_one(carry)


ACTIVATE_ARRAY = Kernel(
    name="activate_array",
    role=Role("activation", "nonlinearity"),
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
    carry=carry_in_place(activate_values),
    copied=Copied("x n a"),
)
