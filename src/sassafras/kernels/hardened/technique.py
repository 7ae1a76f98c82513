"""The ways of hardening a kernel (DESIGN section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Technique(StrEnum):
    """A way of hardening. What the copies of a computation share is in ``cuda/hardened``."""

    TMR = "tmr"  #: three copies, a bitwise majority vote before every store
    DMR = "dmr"  #: two copies, compared before every store; nothing is stored where they differ
    DMR_RETRY = "dmr-retry"  #: as DMR; a third copy is computed where they differ, and decides
    ABFT = "abft"  #: checksums of rows and columns; wrong ones are computed again (gemm)
    FIRST_VALID = "first-valid"  #: max-pooling that begins with a value of the map (forward_maxpool)
    RANGE = "range"  #: activations held within bounds that calibration has seen (activate_array)
    CHECKSUM = "checksum"  #: the plain kernel, then launches that check its columns and repair them (gemm)
    GUARD = "guard"  #: a launch behind the last: NaN or infinity in the output raises the alarm (network)

    @property
    def suffix(self) -> str:
        """What it adds to a kernel's name: ``_dmr_retry``."""
        return "_" + self.value.replace("-", "_")

    @property
    def changes_flow(self) -> bool:
        """Whether faults elsewhere may end otherwise: what runs behind them computes something else, notices
        or repairs.
        """
        return self in _CHANGING


_CHANGING = (Technique.FIRST_VALID, Technique.RANGE, Technique.CHECKSUM, Technique.GUARD)


@dataclass(frozen=True)
class Shape:
    """How a technique appears in a kernel's parameters: ``copies`` of the arguments, then ``numbers`` (names
    of floats), then ``flags`` (names of pointers to an int that the kernel sets to 1).
    """

    copies: int
    flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


SHAPES: dict[Technique, Shape] = {
    Technique.TMR: Shape(3),
    Technique.DMR: Shape(2, ("detected",)),
    Technique.DMR_RETRY: Shape(3, ("detected", "corrected")),
    Technique.ABFT: Shape(2, ("corrected",), ("tolerance", "smallest")),
    Technique.FIRST_VALID: Shape(1),
    Technique.RANGE: Shape(1, numbers=("low", "high")),
}

FLAGS = ("detected", "corrected")
"""The words of the flag buffer, in order."""
FLAG_BYTES = 4 * len(FLAGS)
