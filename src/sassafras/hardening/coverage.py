"""What a technique makes of faults: assumed until it has been measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.hardening.effects import ASSUMED, unchanged
from sassafras.hardening.fates import FATES, Fate, Numbers, fates, place
from sassafras.kernels.hardened.technique import Technique

_BAD = [place(Fate.CRITICAL), place(Fate.INVALID)]


@dataclass(frozen=True, eq=False)
class Coverage:
    """``becomes``: what a kernel's faults end in with a technique, float64 (fates, fates): row: without;
    column: with it. ``share``: of the kernel's critical faults, those that it prevents. ``measured``: by
    replaying the same faults; else assumed. ``elsewhere``: the same of faults in other kernels, by kernel;
    None: not measured.
    """

    becomes: Numbers
    share: float
    measured: bool
    elsewhere: Mapping[str, Numbers] | None = None


Coverages = Mapping[tuple[str, Technique], Coverage]


def coverage_of(measured: Coverages, kernel: str, technique: Technique) -> Coverage:
    """The measured coverage, or the assumed one."""
    found = measured.get((kernel, technique))
    return _assumed(technique) if found is None else found


def _assumed(technique: Technique) -> Coverage:
    own = ASSUMED[technique].own
    return Coverage(own, 1 - float(own[place(Fate.CRITICAL), _BAD].sum()), measured=False)


def measure_coverage(
    before: pd.DataFrame, after: pd.DataFrame, technique: Technique, critical: Criticality = PLAIN
) -> Coverage | None:
    """From pairs: the same faults (``id``) of a kernel before and under a technique; None without any that
    was critical. What no fault ended in before is assumed.
    """
    counts = _pairs(before, after, critical)
    pairs = counts[_BAD].sum()
    if not pairs:
        return None
    reduction = 1 - counts[:, _BAD].sum() / pairs
    return Coverage(_shares(counts, ASSUMED[technique].own), max(0.0, float(reduction)), measured=True)


def measure_elsewhere(
    coverage: Coverage | None,
    technique: Technique,
    before: pd.DataFrame,
    after: pd.DataFrame,
    kernels: Sequence[str],
    critical: Criticality = PLAIN,
) -> Coverage:
    """A coverage (None: not measured) with what the technique made of the faults in ``kernels``, which have
    none of their own. What no fault ended in before ends as it did.
    """
    acting = {
        kernel: _shares(_pairs(before[before["kernel"] == kernel], after, critical), unchanged())
        for kernel in kernels
    }
    return replace(coverage or _assumed(technique), measured=True, elsewhere=acting)


def _pairs(before: pd.DataFrame, after: pd.DataFrame, critical: Criticality) -> Numbers:
    """Faults in both frames, by fate before and after."""
    first = pd.Series(fates(before, critical), index=before["id"].to_numpy())
    second = pd.Series(fates(after, critical), index=after["id"].to_numpy())
    common = first.index.intersection(second.index)
    counts = np.zeros((len(FATES), len(FATES)))
    np.add.at(counts, (first[common].to_numpy(np.int64), second[common].to_numpy(np.int64)), 1.0)
    return counts


def _shares(counts: Numbers, unseen: Numbers) -> Numbers:
    """Of each row its shares; of a row without counts that of ``unseen``."""
    seen = counts.sum(axis=1, keepdims=True)
    found: Numbers = np.where(seen > 0, counts / np.maximum(seen, 1), unseen)
    return found
