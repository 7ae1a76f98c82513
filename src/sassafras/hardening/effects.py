"""What techniques make of faults: from how they end without to how they end with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sassafras.hardening.fates import FATES, SILENT, Fate, Numbers, place
from sassafras.kernels.hardened.technique import Technique


@dataclass(frozen=True, eq=False)
class Effect:
    """What a technique does to faults. ``own``: of a fault in the kernel that has it, float64 (fates, fates):
    row: without, column: with the technique; rows sum to 1. ``elsewhere``: the same of a fault in any other
    kernel; None: nothing.
    """

    own: Numbers
    elsewhere: Numbers | None = None


def unchanged() -> Numbers:
    """Every fault ends as it did."""
    return np.eye(len(FATES))


def turning(share: float, fate: Fate, what: tuple[Fate, ...] = SILENT) -> Numbers:
    """A share of the faults that ended in one of ``what`` ends in ``fate`` instead."""
    found = unchanged()
    for before in what:
        found[place(before), place(before)] -= share
        found[place(before), place(fate)] += share
    return found


def clamping(share: float) -> Numbers:
    """Outputs stay finite (nearly always), and a share of what was critical is no more."""
    finite = turning(0.95, Fate.CRITICAL, (Fate.INVALID,))
    return finite @ turning(share, Fate.HARMLESS, (Fate.CRITICAL, Fate.INVALID))


#: Before anything has been injected. A voter or comparator and the store behind it stay unprotected: the
#: rest of the kernel is what they cover. ABFT leaves addresses and the guard of the store as they were.
#: First-valid and range let another value of the map, or within the bounds, through: their kernels' invalid
#: outputs become Light-Malfunctions, which all count at tolerance 0 (measured once, IOV, seed 77: 4 and 2 %
#: prevented; at tolerance 0.001, 92 and 71 %). What they make of faults in other kernels is not assumed.
#: A guard is exact: whatever is invalid raises the alarm; faults in its own launch are not counted.
_SAID: Mapping[Technique, Effect] = {
    Technique.TMR: Effect(turning(0.95, Fate.QUIET)),
    Technique.DMR: Effect(turning(0.95, Fate.DETECTED)),
    Technique.DMR_RETRY: Effect(turning(0.95, Fate.QUIET)),
    Technique.ABFT: Effect(turning(0.80, Fate.QUIET)),
    Technique.FIRST_VALID: Effect(clamping(0.04)),
    Technique.RANGE: Effect(clamping(0.02)),
    Technique.CHECKSUM: Effect(turning(0.85, Fate.QUIET)),
    Technique.SELECTIVE_CHECKSUM: Effect(turning(0.85, Fate.QUIET)),
    Technique.GUARD: Effect(unchanged(), turning(1.0, Fate.DETECTED, (Fate.INVALID,))),
}
ASSUMED: Mapping[Technique, Effect] = {
    technique: _SAID.get(technique, Effect(unchanged())) for technique in Technique
}
"""Of every technique: one of which nothing is said changes nothing until it has been measured."""
