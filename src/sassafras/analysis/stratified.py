"""Shares of outcomes from a stratified sample: weighted by how large the strata are, which is known exactly.

The same tidy frames as `sassafras.analysis.vulnerability` has, with the same meaning of ``share``; only how
it is estimated differs. With the weight W_s of stratum s, and of its part in a kernel, layer or whole mode
A:

share of A in all = sum over s of W_sA * (events in s and A / injections in s and A) share in A = the same /
sum over s of W_sA

(the stratified, within strata post-stratified estimator: W. Cochran, Sampling Techniques, 1977, chapters 5
and 5A.9). The weights of the parts are known from the profile too, so that only the shares inside them are
estimated. ``n`` and ``total`` are plain counts of injections: of the outcome in A, and in A.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sassafras.analysis.outcomes import OutcomeClass, outcome_class
from sassafras.analysis.vulnerability import Whole
from sassafras.analysis.weighted_interval import weighted_interval, weighted_none_seen
from sassafras.faults.strata import Stratify

COLUMN = {Stratify.KERNEL: "kernel", Stratify.LAYER: "layer"}  #: of a frame that names the stratum


def stratified_breakdown(
    injections: pd.DataFrame,
    weights: pd.DataFrame,
    stratify: Stratify,
    column: str,
    values: Sequence[str] | Sequence[int],
    whole: Whole,
    *,
    anytime: bool = False,
) -> pd.DataFrame:
    """Outcomes for each value of a column, one row per value and `OutcomeClass`, of one mode's injections.

    ``weights``: the mode's rows of `sampling.population_weights`. ``anytime``: intervals are anytime-valid.
    A value without sites has share NaN and the interval (0, 1).
    """
    stratum = COLUMN[stratify]
    found = outcome_class(injections)
    rows = []
    for value in values:
        inside = weights if column == "mode" else weights[weights[column] == value]
        parts = inside.groupby(stratum, sort=False)["weight"].sum()
        parts = parts[parts > 0]
        mine = injections[column] == value
        strata = injections.loc[mine, stratum]
        trials = strata.value_counts().reindex(parts.index, fill_value=0)
        scale = parts.to_numpy(np.float64)
        if whole is Whole.GROUP:
            scale = scale / scale.sum()
        for outcome in OutcomeClass:
            hits = strata[found[mine] == outcome.value].value_counts().reindex(parts.index, fill_value=0)
            numbers = _estimate(_key(hits), _key(trials), tuple(scale.tolist()), anytime)
            rows.append((value, outcome.value, int(hits.sum()), int(trials.sum()), *numbers))
    return pd.DataFrame(rows, columns=[column, "outcome", "n", "total", "share", "low", "high", "below"])


def _key(counts: pd.Series) -> tuple[int, ...]:
    return tuple(int(n) for n in counts)


@lru_cache(maxsize=8192)
def _estimate(
    events: tuple[int, ...], trials: tuple[int, ...], weights: tuple[float, ...], anytime: bool
) -> tuple[float, float, float, float]:
    """Share, low, high and below. Parts without injections take the mean share of the others; the interval
    says that they may hold anything.
    """
    k, n, w = np.array(events, np.int64), np.array(trials, np.int64), np.array(weights, np.float64)
    if not n.any():
        return float("nan"), 0.0, 1.0, float("nan")
    share = weighted_share(k, n, w)
    low, high = weighted_interval(k, n, w, anytime=anytime)
    if k.any():
        return share, low, high, float("nan")
    return share, low, high, high if anytime else weighted_none_seen(n, w)


def weighted_share(
    events: NDArray[np.int64], trials: NDArray[np.int64], weights: NDArray[np.float64]
) -> float:
    """Sum of weights * events / trials; strata without trials are given the weighted mean of the others."""
    sampled = trials > 0
    part = float(weights[sampled] @ (events[sampled] / trials[sampled]))
    return part * float(weights.sum() / weights[sampled].sum())
