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

import pandas as pd

from sassafras.analysis.outcomes import OutcomeClass, outcome_class
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.vulnerability import Whole
from sassafras.analysis.weighted import Estimate
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
    labels, groups = strata_labels(rows, stratify), strata_labels(known, stratify)
    found = outcome_class(rows)
    table = []
    for value in values:
        inside = known if column == "mode" else known[known[column] == value]
        mine = rows[column] == value
        part = Part(inside, groups[inside.index], labels[mine], whole)
        for outcome in OutcomeClass:
            hits = labels[mine & (found == outcome.value)]
            numbers = part.estimate(hits, outcome, anytime=anytime)
            table.append((value, outcome.value, len(hits), int(mine.sum()), *numbers))
    return pd.DataFrame(table, columns=[column, "outcome", "n", "total", "share", "low", "high", "below"])


def strata_labels(frame: pd.DataFrame, stratify: Stratify | None) -> pd.Series:
    """The stratum of each row of a frame of injections or weights, as text."""
    if stratify is None:
        return pd.Series("", frame.index, dtype=object)
    return frame[COLUMN[stratify]].astype(str).astype(object)


class Part:
    """A kernel, a layer or the whole of a mode: its strata's weights and injections, and its masked part.

    ``weights``: rows with ``weight``, ``rest`` (of it: what is not certainly masked) and ``dead``;
    ``groups``: their strata; ``labels``: the strata of the injections there.
    """

    def __init__(self, weights: pd.DataFrame, groups: pd.Series, labels: pd.Series, whole: Whole) -> None:
        rest = weights["rest"].groupby(groups.to_numpy(), sort=False).sum()
        rest = rest[rest > 0]
        scale = float(weights["weight"].sum()) if whole is Whole.GROUP else 1.0
        self._empty = float(weights["weight"].sum()) == 0
        self._masked = 0.0 if self._empty else float(weights["dead"].sum()) / scale
        self._strata = rest.index
        self._weights = tuple((rest / scale).tolist()) if not self._empty else ()
        self._trials = self._counts(labels)

    def _counts(self, labels: pd.Series) -> tuple[int, ...]:
        return tuple(int(n) for n in labels.value_counts().reindex(self._strata, fill_value=0))

    def proportion(self, hits: pd.Series, *, anytime: bool) -> Proportion:
        """Of the injections whose strata are ``hits``, without what is certainly masked."""
        return Proportion(self._counts(hits), self._trials, self._weights, anytime)

    def estimate(self, hits: pd.Series, outcome: OutcomeClass, *, anytime: bool) -> tuple[float, ...]:
        """Share, low, high and below, of injections with the outcome."""
        if self._empty:
            return float("nan"), 0.0, 1.0, float("nan")
        of = self.proportion(hits, anytime=anytime)
        found = of.estimate() if self._weights else Estimate(float("nan"), 0.0, 0.0)
        if outcome is not OutcomeClass.MASKED or self._masked == 0:
            return found.value, found.low, found.high, of.below()
        return found.value + self._masked, found.low + self._masked, found.high + self._masked, float("nan")
