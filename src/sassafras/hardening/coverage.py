"""How much of a kernel's critical faults a technique prevents: assumed until it has been measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sassafras.kernels.hardened.technique import Technique


@dataclass(frozen=True)
class Coverage:
    """Share of a kernel's critical faults that a technique prevents. ``measured``: by
    replaying the same faults; else assumed.
    """

    share: float
    measured: bool


#: Before anything has been injected. A voter or comparator and the store behind it stay unprotected: the
#: rest of the kernel is what they cover. ABFT leaves addresses and the guard of the store as they were.
#: First-valid and range let another value of the map, or within the bounds, through: nearly all critical
#: faults of their kernels stay Light-Malfunctions, which all count at tolerance 0 (measured once, IOV, seed
#: 77: 4 and 2 % prevented; at tolerance 0.001, 92 and 71 %). What they prevent of faults in *other* kernels
#: is not in here.
ASSUMED: Mapping[Technique, float] = {
    Technique.TMR: 0.95,
    Technique.DMR: 0.95,
    Technique.DMR_RETRY: 0.95,
    Technique.ABFT: 0.80,
    Technique.FIRST_VALID: 0.04,
    Technique.RANGE: 0.02,
    Technique.CHECKSUM: 0.85,
    Technique.GUARD: 0.0,  # until it has been measured: it only stops invalid outputs
}

Coverages = Mapping[tuple[str, Technique], Coverage]


def coverage_of(measured: Coverages, kernel: str, technique: Technique) -> Coverage:
    """The measured coverage, or the assumed one."""
    return measured.get((kernel, technique)) or Coverage(ASSUMED[technique], measured=False)
