"""A weighted sum of proportions with its interval: many cells, each with its own weight and trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from sassafras.analysis.intervals import CONFIDENCE

SMALLEST = float(np.finfo(np.float64).tiny)  #: below it a float has fewer digits


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Estimate:
        """All three times a factor of 0 or more."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


def weighted_sum(
    weights: ArrayLike, events: ArrayLike, trials: ArrayLike, confidence: float = CONFIDENCE
) -> Estimate:
    """The sum over cells of weight x proportion, from the events among the trials of each cell.

    Interval: M. P. Fay, E. J. Feuer, *Confidence intervals for directly standardized rates: a method based on
    the gamma distribution*, Statistics in Medicine 16, 1997, made for weighted sums of Poisson counts and
    conservative there; binomial counts vary less. It holds at no events, and is cut to what is possible. A
    cell without trials says nothing: it adds 0 to the value and the lower bound, its weight to the upper.
    """
    w, k, n = (np.atleast_1d(np.asarray(a, np.float64)) for a in (weights, events, trials))
    seen = n > 0
    unseen, possible = float(w[~seen].sum()), float(w.sum())
    if not seen.any():
        return Estimate(0.0, 0.0, possible)
    each = w[seen] / n[seen]
    value = float((each * k[seen]).sum())
    low, high = _gamma(each, k[seen], (1 - confidence) / 2)
    return Estimate(value, min(low, value), max(min(high + unseen, possible), value))


def _gamma(each: np.ndarray, events: np.ndarray, tail: float) -> tuple[float, float]:
    """Bounds for the sum of ``each`` x events: gamma quantiles with the sum's mean and variance; above, those
    after one more event of the heaviest kind.
    """
    total, variance, heaviest = (
        float((each * events).sum()),
        float((each**2 * events).sum()),
        float(each.max()),
    )
    if heaviest == 0:
        return 0.0, 0.0
    if heaviest**2 < SMALLEST:  # squares would vanish; the bounds scale with the weights
        low, high = _gamma(each / heaviest, events, tail)
        return low * heaviest, high * heaviest
    low = 0.0
    if total > 0:
        low = _quantile(tail, total**2 / variance, variance / total)
    mean, spread = total + heaviest, variance + heaviest**2
    return low, _quantile(1 - tail, mean**2 / spread, spread / mean)


def _quantile(probability: float, shape: float, scale: float) -> float:
    """Of a gamma distribution: what ``scipy.stats.gamma.ppf`` answers, without its costs for one number."""
    return float(gammaincinv(shape, probability)) * scale
