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
from sassafras.kernels.activate_array import ACTIVATE_ARRAY, activate, hold
from sassafras.kernels.forward_maxpool import FORWARD_MAXPOOL, pool_maps
from sassafras.kernels.hardened.technique import SHAPES, Technique
from sassafras.kernels.kernel import Arguments, Kernel, ParameterType
from sassafras.kernels.maxpool_ir import Start


def _variant(plain: Kernel, technique: Technique, twin: Callable[[DeviceMemory, Arguments], None]) -> Kernel:
    numbers = tuple((name, ParameterType.FLOAT) for name in SHAPES[technique].numbers)
    return replace(
        plain, name=plain.name + technique.suffix, parameters=(*plain.parameters, *numbers), twin=twin
    )


def _pool_from_a_value(memory: DeviceMemory, arguments: Arguments) -> None:
    pool_maps(memory, arguments, Start.FIRST_VALUE)


def _activate_within_bounds(memory: DeviceMemory, arguments: Arguments) -> None:
    activate_values(RANGE, arguments, memory.array(int(arguments["x"]), int(arguments["n"])))


FIRST_VALID = _variant(FORWARD_MAXPOOL, Technique.FIRST_VALID, _pool_from_a_value)
RANGE = _variant(ACTIVATE_ARRAY, Technique.RANGE, _activate_within_bounds)

VARIANTS: dict[tuple[str, Technique], Kernel] = {
    (FORWARD_MAXPOOL.name, Technique.FIRST_VALID): FIRST_VALID,
    (ACTIVATE_ARRAY.name, Technique.RANGE): RANGE,
}
"""By name of the plain kernel and technique."""


def activate_values(kernel: Kernel, arguments: Arguments, values: NDArray[np.float32]) -> None:
    """What a launch of ``activate_array`` or of a form of it makes of float32 values, in place."""
    activate(values, int(arguments["a"]))
    if kernel is RANGE:
        hold(values, float(arguments["low"]), float(arguments["high"]))


def pooling_start(kernel: Kernel) -> Start:
    """What a window's maximum is before its first value, in ``forward_maxpool`` or a form of it."""
    return Start.FIRST_VALUE if kernel is FIRST_VALID else Start.MINUS_INFINITY


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
