"""Interval of a weighted sum of proportions: what stratified sampling estimates.

theta = sum of w_i p_i, with known weights and, from each stratum i, k_i events in n_i independent trials.
Three cases, none of which leans on a normal approximation:

* *The same w_i / n_i everywhere* (one stratum; shares as large as the strata). All trials then weigh the
  same, and their number of events spreads no more than a binomial one with the mean proportion (W.
  Hoeffding, Annals of Mathematical Statistics 27, 1956): the Clopper-Pearson interval of the sums holds.
* *Otherwise*, numbers of trials fixed beforehand: Chernoff's bound on the tails of the estimate, inverted,
  over all strata's proportions that their own intervals leave possible. (R. Berger, D. Boos, Journal of the
  American Statistical Association 89, 1994: a tenth of alpha is spent on those intervals, so that the
  unknown proportions need only be looked for there.) For a tilt t >= 0 and r_i = w_i / n_i, an estimate of
  x or less has at most the probability exp(t x) * prod (1 - p_i (1 - exp(-t r_i))) ** n_i, which is
  log-concave in p: the largest theta that keeps it above alpha / 2 is a convex problem with one multiplier.
  Any tilt gives a valid end; the narrowest is taken.
* *Anytime-valid* (sequential stop): each stratum's confidence sequence at alpha / number of strata, added
  up with their weights (Bonferroni).

Nothing is lost where nothing was sampled: such a stratum may hold anything from 0 to 1. The price of
holding always: 1.4 to 1.8 times the width of the normal approximation; more where events are so rare that
it does not hold.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its optimize where it is used: for stratified samples alone
from numpy.typing import NDArray

from sassafras.analysis.intervals import CONFIDENCE, IntervalMethod, interval

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

BOX_SHARE = 0.1  #: of alpha, spent on the strata's own intervals
_SAME = 1e-9  #: relative difference of w / n up to which all trials weigh the same
_LARGEST_TILT = 745.0  #: exp(-t r) of the smallest r is then 0 in float64
_TILTS = 24  #: of the coarse search


def weighted_interval(
    events: Counts,
    trials: Counts,
    weights: Floats,
    *,
    anytime: bool = False,
    confidence: float = CONFIDENCE,
) -> tuple[float, float]:
    """Lower and upper bound of sum(weights * proportions). Arrays (strata,); weights above 0.

    (0, sum of weights) without trials. Raises ValueError for weights that are not positive, and for counts
    as `interval` does.
    """
    if (weights <= 0).any():
        raise ValueError("weights must be positive")
    alpha = 1 - confidence
    whole = float(weights.sum())
    if not trials.any():
        return 0.0, whole
    if anytime:
        lows, highs = interval(events, trials, IntervalMethod.ANYTIME, 1 - alpha / len(weights))
        return float(weights @ lows), float(weights @ highs)
    if trials.all() and np.ptp(weights / trials) <= _SAME * float((weights / trials).max()):
        of_all = interval(events.sum(), trials.sum(), confidence=confidence)
        return whole * float(of_all[0]), whole * float(of_all[1])
    low = whole - _upper(trials - events, trials, weights, alpha) if events.any() else 0.0
    high = _upper(events, trials, weights, alpha) if (events < trials).any() or not trials.all() else whole
    return max(0.0, low), min(whole, high)


def weighted_none_seen(trials: Counts, weights: Floats, confidence: float = CONFIDENCE) -> float:
    """One-sided upper bound of the weighted sum where no event was seen in any stratum. Exact: the largest
    sum whose probability of showing nothing is not below 1 - confidence.
    """
    ones = np.ones_like(weights)
    return _largest(weights, trials.astype(np.float64), ones, 0 * ones, ones, float(np.log1p(-confidence)))


def _upper(events: Counts, trials: Counts, weights: Floats, alpha: float) -> float:
    """Upper end of the Chernoff interval. Any tilt is valid: a coarse search, then a finer one."""
    low, high = interval(events, trials, confidence=1 - BOX_SHARE * alpha / len(weights))
    n = trials.astype(np.float64)
    step = np.divide(weights, n, out=np.zeros_like(weights), where=n > 0)
    estimate = float(step @ events)
    level = float(np.log(alpha * (1 - BOX_SHARE) / 2))

    def end(log_tilt: float) -> float:
        tilt = np.exp(log_tilt)
        return _largest(weights, n, -np.expm1(-tilt * step), low, high, level - tilt * estimate)

    smallest = np.log(1e-3 / (float(step.max()) * n.max()))
    grid = np.linspace(smallest, np.log(_LARGEST_TILT / step[step > 0].min()), _TILTS)
    coarse = [end(tilt) for tilt in grid]
    best = int(np.argmin(coarse))
    around = (grid[max(best - 1, 0)], grid[min(best + 1, _TILTS - 1)])
    found = scipy.optimize.minimize_scalar(end, bounds=around, method="bounded", options={"xatol": 1e-3})
    return min(float(found.fun), coarse[best])


def _largest(weights: Floats, n: Floats, slope: Floats, low: Floats, high: Floats, level: float) -> float:
    """The largest weights @ p with low <= p <= high and sum(n log(1 - p slope)) >= level. Where even
    ``low`` is too much: weights @ low.

    Stationary: 1 - p slope = multiplier * n slope / weights, where that lies inside the box. A larger
    multiplier means a smaller p.
    """
    free = n * slope > 0
    if not free.any():
        return float(weights @ high)
    w, counts, slopes, least, most = weights[free], n[free], slope[free], low[free], high[free]
    inverse, rate = 1 / slopes, counts / w
    fixed = float(weights[~free] @ high[~free])

    def best(multiplier: float) -> Floats:
        return np.minimum(np.maximum(inverse - multiplier * rate, least), most)

    def slack(multiplier: float) -> float:
        inside = np.maximum(1 - best(multiplier) * slopes, 1e-300)
        return float(counts @ np.log(inside)) - level

    if slack(0.0) >= 0:
        return fixed + float(w @ most)
    last = float(((inverse - least) / rate).max())
    if slack(last) < 0:
        return fixed + float(w @ least)
    root = scipy.optimize.brentq(slack, 0.0, last, xtol=1e-12 * last, rtol=1e-12)
    return fixed + float(w @ best(float(root) * (1 - 1e-9)))
