"""Kernels that compute something else than the plain ones, in one copy: their parameters are the plain ones, then
the technique's numbers, and their twins are their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError
from sassafras.kernels.activate_array import ACTIVATE_ARRAY
from sassafras.kernels.clamp import clamp
from sassafras.kernels.forward_maxpool import FORWARD_MAXPOOL, pool_maps
from sassafras.kernels.hardened.technique import SHAPES, Technique
from sassafras.kernels.kernel import Arguments, Kernel, ParameterType


def _variant(plain: Kernel, technique: Technique, twin: Callable[[DeviceMemory, Arguments], None]) -> Kernel:
    numbers = tuple((name, ParameterType.FLOAT) for name in SHAPES[technique].numbers)
    return replace(
        plain, name=plain.name + technique.suffix, parameters=(*plain.parameters, *numbers), twin=twin
    )


def _pooled_from_a_value(memory: DeviceMemory, arguments: Arguments) -> None:
    pool_maps(memory, arguments, first_valid=True)


def _activated_within_bounds(memory: DeviceMemory, arguments: Arguments) -> None:
    ACTIVATE_ARRAY.twin(memory, arguments)
    values = memory.array(int(arguments["x"]), int(arguments["n"]))
    clamp(values, float(arguments["low"]), float(arguments["high"]))


FIRST_VALID = _variant(FORWARD_MAXPOOL, Technique.FIRST_VALID, _pooled_from_a_value)
RANGE = _variant(ACTIVATE_ARRAY, Technique.RANGE, _activated_within_bounds)

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
                f"forward_maxpool with first-valid takes windows that overlap the map; with a size of {size} and a "
                f"padding of {pad} some lie beside it: protect this one with tmr, dmr or dmr-retry"
            )
