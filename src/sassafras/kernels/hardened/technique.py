"""The ways of hardening a kernel, each with its record: copies of a computation, a kernel that computes
something else (in one copy, with a twin of its own), or launches added to the plain ones (`adding`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError
from sassafras.kernels.activate_array import ACTIVATE_ARRAY, activate_values, carry_in_place, hold
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carry
from sassafras.kernels.forward_maxpool import FORWARD_MAXPOOL, carry_windows, pool_maps
from sassafras.kernels.gemm import GEMM
from sassafras.kernels.hardened.checksum import rounding_bounds
from sassafras.kernels.kernel import Kernel, ParameterType, Twin
from sassafras.kernels.maxpool_ir import Start


class Technique(StrEnum):
    """A way of hardening. What the copies of a computation share is in ``cuda/hardened``."""

    TMR = "tmr"  #: three copies, a bitwise majority vote before every store
    DMR = "dmr"  #: two copies, compared before every store; nothing is stored where they differ
    DMR_RETRY = "dmr-retry"  #: as DMR; a third copy is computed where they differ, and decides
    ABFT = "abft"  #: checksums of rows and columns; wrong ones are computed again (gemm)
    SELECTIVE_SUMS = "selective-sums"  #: sums of products in two copies, the rest in one (gemm)
    SELECTIVE_PLACES = (
        "selective-places"  #: counters, guards and indexes in two copies, the rest in one (gemm)
    )
    SELECTIVE = "selective"  #: all of these in two copies; what moves data in one (gemm)
    FIRST_VALID = "first-valid"  #: max-pooling that begins with a value of the map (forward_maxpool)
    RANGE = "range"  #: activations held within bounds that calibration has seen (activate_array)
    CHECKSUM = "checksum"  #: the plain kernel, then launches that check its columns and repair them (gemm)
    SELECTIVE_CHECKSUM = "selective-checksum"  #: ``selective``, then the launches of ``checksum`` (gemm)
    GUARD = "guard"  #: a launch behind the last: NaN or infinity in the output raises the alarm (network)

    @property
    def suffix(self) -> str:
        """What it adds to a kernel's name: ``_dmr_retry``."""
        return "_" + self.value.replace("-", "_")

    @property
    def changes_flow(self) -> bool:
        """Whether faults elsewhere may end otherwise: what runs behind them computes something else, notices
        or repairs. Copies see only what happens within their launch.
        """
        return self not in COPIES


FLAGS = ("detected", "corrected")
"""The words of the flag buffer, in order."""
FLAG_BYTES = 4 * len(FLAGS)


@dataclass(frozen=True)
class Copies:
    """How copies appear in a kernel's parameters: ``count`` times the arguments, then ``numbers`` (names of
    floats), then ``flags`` (names of pointers to an int that the kernel sets to 1).

    ``values``: the numbers of a plain kernel's arguments. ``kernel``: the one that can be hardened so; None:
    each that can be copied (`Kernel.copied`).
    """

    count: int
    flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    values: Callable[[Arguments], dict[str, float]] = lambda _: {}
    kernel: str | None = None


def _rounding(arguments: Arguments) -> dict[str, float]:
    return rounding_bounds(int(arguments["k"]))


COPIES: dict[Technique, Copies] = {
    Technique.TMR: Copies(3),
    Technique.DMR: Copies(2, ("detected",)),
    Technique.DMR_RETRY: Copies(3, ("detected", "corrected")),
    Technique.ABFT: Copies(2, ("corrected",), ("tolerance", "smallest"), _rounding, GEMM.name),
    Technique.SELECTIVE_SUMS: Copies(3, kernel=GEMM.name),
    Technique.SELECTIVE_PLACES: Copies(3, kernel=GEMM.name),
    Technique.SELECTIVE: Copies(3, kernel=GEMM.name),
}


@dataclass(frozen=True)
class Variant:
    """A kernel that computes something else than the plain one, in one copy, with a twin of its own. Its
    parameters are the plain ones, then ``bounds`` (names of the two floats of a calibration; empty: none).

    ``check``: raises UsageError for arguments that it does not take.
    """

    kernel: Kernel
    bounds: tuple[str, ...] = ()
    check: Callable[[Arguments], None] = lambda _: None


def _variant(
    plain: Kernel, technique: Technique, bounds: tuple[str, ...], twin: Twin, carry: Carry | None
) -> Kernel:
    parameters = (*plain.parameters, *((name, ParameterType.FLOAT) for name in bounds))
    name = plain.name + technique.suffix
    return replace(plain, name=name, parameters=parameters, twin=twin, carry=carry, copied=None)


def _pool_from_a_value(memory: DeviceMemory, arguments: Arguments) -> None:
    pool_maps(memory, arguments, Start.FIRST_VALUE)


def _check_windows(arguments: Arguments) -> None:
    """Each window must overlap the map: else there is no value to begin with."""
    size, pad = int(arguments["size"]), int(arguments["pad"])
    stride, before = int(arguments["stride"]), int(arguments["pad"]) // 2
    for extent in (int(arguments["in_h"]), int(arguments["in_w"])):
        last = (extent + pad - size) // stride * stride - before
        if size <= before or last >= extent:
            raise UsageError(
                f"first-valid takes windows that overlap the map; with size {size} and padding {pad} "
                f"some lie beside it: protect this {FORWARD_MAXPOOL.name} with tmr, dmr or dmr-retry"
            )


def _hold_values(arguments: Arguments, values: NDArray[np.float32]) -> None:
    activate_values(arguments, values)
    hold(values, float(arguments["low"]), float(arguments["high"]))


def _activate_within_bounds(memory: DeviceMemory, arguments: Arguments) -> None:
    _hold_values(arguments, memory.array(int(arguments["x"]), int(arguments["n"])))


_FIRST_VALID = _variant(
    FORWARD_MAXPOOL, Technique.FIRST_VALID, (), _pool_from_a_value, carry_windows(Start.FIRST_VALUE)
)
_BOUNDS = ("low", "high")
_RANGE = _variant(
    ACTIVATE_ARRAY, Technique.RANGE, _BOUNDS, _activate_within_bounds, carry_in_place(_hold_values)
)

VARIANTS: dict[tuple[str, Technique], Variant] = {
    (FORWARD_MAXPOOL.name, Technique.FIRST_VALID): Variant(_FIRST_VALID, check=_check_windows),
    (ACTIVATE_ARRAY.name, Technique.RANGE): Variant(_RANGE, _BOUNDS),
}
"""By name of the plain kernel and technique."""
