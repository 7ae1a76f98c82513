"""What a technique makes of a kernel's faults: assumed until it has been measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.hardening.effects import ASSUMED
from sassafras.hardening.fates import FATES, Fate, Numbers, fates, place
from sassafras.kernels.hardened.technique import Technique


@dataclass(frozen=True, eq=False)
class Coverage:
    """``becomes``: what a kernel's faults end in with a technique, float64 (fates, fates): row: without;
    column: with it. ``share``: of the kernel's critical faults, those that it prevents. ``measured``: by
    replaying the same faults; else assumed.
    """

    becomes: Numbers
    share: float
    measured: bool


Coverages = Mapping[tuple[str, Technique], Coverage]


def coverage_of(measured: Coverages, kernel: str, technique: Technique) -> Coverage:
    """The measured coverage, or the assumed one."""
    found = measured.get((kernel, technique))
    if found is not None:
        return found
    own = ASSUMED[technique].own
    critical = place(Fate.CRITICAL)
    return Coverage(own, 1 - own[critical, [critical, place(Fate.INVALID)]].sum(), measured=False)


def measure_coverage(
    before: pd.DataFrame, after: pd.DataFrame, technique: Technique, critical: Criticality = PLAIN
) -> Coverage | None:
    """From pairs: the same faults (``id``) of a kernel before and under a technique; None without any that
    was critical. What no fault ended in before is assumed.
    """
    first = pd.Series(fates(before, critical), index=before["id"].to_numpy())
    second = pd.Series(fates(after, critical), index=after["id"].to_numpy())
    common = first.index.intersection(second.index)
    counts = np.zeros((len(FATES), len(FATES)))
    np.add.at(counts, (first[common].to_numpy(np.int64), second[common].to_numpy(np.int64)), 1.0)
    bad = [place(Fate.CRITICAL), place(Fate.INVALID)]
    pairs = counts[bad].sum()
    if not pairs:
        return None
    seen = counts.sum(axis=1, keepdims=True)
    becomes = np.where(seen > 0, counts / np.maximum(seen, 1), ASSUMED[technique].own)
    reduction = 1 - counts[:, bad].sum() / pairs
    return Coverage(becomes, max(0.0, float(reduction)), measured=True)
