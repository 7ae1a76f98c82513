"""Shares of outcomes weighted by what is known exactly: how large strata are, and how much is provably
masked.

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


def weighted_breakdown(
    injections: pd.DataFrame,
    weights: pd.DataFrame,
    stratify: Stratify | None,
    column: str,
    values: Sequence[str] | Sequence[int],
    whole: Whole,
    *,
    anytime: bool = False,
    dead: pd.Series | None = None,
) -> pd.DataFrame:
    """Outcomes for each value of a column, one row per value and `OutcomeClass`, of one mode's injections.

    ``weights``: the mode's rows of `sampling.population_weights`. ``stratify`` None: no strata.
    ``anytime``: intervals are anytime-valid. ``dead``: which injections struck a provably masked target;
    these are then left out, and their part of the population is masked, exactly. A value without sites has
    share NaN and the interval (0, 1).
    """
    exact = weights["dead"] if dead is not None else 0 * weights["dead"]
    known = weights.assign(rest=weights["weight"] - exact, dead=exact)
    rows = injections if dead is None else injections[~dead]
    labels = pd.Series("", rows.index) if stratify is None else rows[COLUMN[stratify]]
    found = outcome_class(rows)
    table = []
    for value in values:
        inside = known if column == "mode" else known[known[column] == value]
        mine = rows[column] == value
        part = _Part(inside, labels[mine], stratify, whole)
        for outcome in OutcomeClass:
            hits = labels[mine & (found == outcome.value)]
            numbers = part.estimate(hits, outcome, anytime=anytime)
            table.append((value, outcome.value, len(hits), int(mine.sum()), *numbers))
    return pd.DataFrame(table, columns=[column, "outcome", "n", "total", "share", "low", "high", "below"])


class _Part:
    """A kernel, a layer or the whole of a mode: its strata's weights and injections, and its masked part."""

    def __init__(
        self, weights: pd.DataFrame, labels: pd.Series, stratify: Stratify | None, whole: Whole
    ) -> None:
        groups = [""] * len(weights) if stratify is None else weights[COLUMN[stratify]]
        rest = weights["rest"].groupby(np.asarray(groups), sort=False).sum()
        rest = rest[rest > 0]
        scale = float(weights["weight"].sum()) if whole is Whole.GROUP else 1.0
        self._empty = float(weights["weight"].sum()) == 0
        self._masked = 0.0 if self._empty else float(weights["dead"].sum()) / scale
        self._strata = rest.index
        self._weights = tuple((rest / scale).tolist()) if not self._empty else ()
        self._trials = self._counts(labels)

    def _counts(self, labels: pd.Series) -> tuple[int, ...]:
        return tuple(int(n) for n in labels.value_counts().reindex(self._strata, fill_value=0))

    def estimate(self, hits: pd.Series, outcome: OutcomeClass, *, anytime: bool) -> tuple[float, ...]:
        """Share, low, high and below, of injections with the outcome."""
        if self._empty:
            return float("nan"), 0.0, 1.0, float("nan")
        share, low, high, below = _estimate(self._counts(hits), self._trials, self._weights, anytime)
        if outcome is not OutcomeClass.MASKED or self._masked == 0:
            return share, low, high, below
        return share + self._masked, low + self._masked, high + self._masked, float("nan")


@lru_cache(maxsize=8192)
def _estimate(
    events: tuple[int, ...], trials: tuple[int, ...], weights: tuple[float, ...], anytime: bool
) -> tuple[float, float, float, float]:
    """Share, low, high and below. Parts without injections take the mean share of the others; the interval
    says that they may hold anything.
    """
    k, n, w = np.array(events, np.int64), np.array(trials, np.int64), np.array(weights, np.float64)
    if not n.any():
        return float("nan"), 0.0, float(w.sum()), float("nan")
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
