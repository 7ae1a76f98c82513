"""Kernels that compute something else than the plain ones, in one copy: their parameters are the plain ones,
then the technique's numbers, and their twins are their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError
from sassafras.kernels.activate_array import ACTIVATE_ARRAY, activate_values, carry_in_place, hold
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carry
from sassafras.kernels.forward_maxpool import FORWARD_MAXPOOL, carry_windows, pool_maps
from sassafras.kernels.hardened.technique import SHAPES, Technique
from sassafras.kernels.kernel import Kernel, ParameterType
from sassafras.kernels.maxpool_ir import Start


def _variant(
    plain: Kernel, technique: Technique, twin: Callable[[DeviceMemory, Arguments], None], carry: Carry
) -> Kernel:
    numbers = tuple((name, ParameterType.FLOAT) for name in SHAPES[technique].numbers)
    parameters = (*plain.parameters, *numbers)
    return replace(plain, name=plain.name + technique.suffix, parameters=parameters, twin=twin, carry=carry)


def _pool_from_a_value(memory: DeviceMemory, arguments: Arguments) -> None:
    pool_maps(memory, arguments, Start.FIRST_VALUE)


def _hold_values(arguments: Arguments, values: NDArray[np.float32]) -> None:
    activate_values(arguments, values)
    hold(values, float(arguments["low"]), float(arguments["high"]))


def _activate_within_bounds(memory: DeviceMemory, arguments: Arguments) -> None:
    _hold_values(arguments, memory.array(int(arguments["x"]), int(arguments["n"])))


FIRST_VALID = _variant(
    FORWARD_MAXPOOL, Technique.FIRST_VALID, _pool_from_a_value, carry_windows(Start.FIRST_VALUE)
)
RANGE = _variant(ACTIVATE_ARRAY, Technique.RANGE, _activate_within_bounds, carry_in_place(_hold_values))

VARIANTS: dict[tuple[str, Technique], Kernel] = {
    (FORWARD_MAXPOOL.name, Technique.FIRST_VALID): FIRST_VALID,
    (ACTIVATE_ARRAY.name, Technique.RANGE): RANGE,
}
"""By name of the plain kernel and technique."""


def check_windows(arguments: Arguments) -> None:
    """Raise UsageError where a window of ``forward_maxpool`` does not overlap the map: there is no value to
    begin with.
    """
    size, pad = int(arguments["size"]), int(arguments["pad"])
    stride, before = int(arguments["stride"]), int(arguments["pad"]) // 2
    for extent in (int(arguments["in_h"]), int(arguments["in_w"])):
        last = (extent + pad - size) // stride * stride - before
        if size <= before or last >= extent:
            raise UsageError(
                f"first-valid takes windows that overlap the map; with size {size} and padding {pad} "
                "some lie beside it: protect this forward_maxpool with tmr, dmr or dmr-retry"
            )
