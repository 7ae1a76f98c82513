"""Intervals of a proportion that hold at 0 and at n events (DESIGN section 7)."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sassafras.campaign.design.confidence_sequence import anytime_bounds

CONFIDENCE = 0.95

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


class IntervalMethod(StrEnum):
    """How an interval is made."""

    CLOPPER_PEARSON = "clopper-pearson"  #: exact: never covers less than it says
    WILSON = "wilson"  #: narrower; covers what it says on average, for some proportions less
    ANYTIME = "anytime"  #: holds at all numbers of trials at once (``campaign.confidence_sequence``)


def interval(
    events: ArrayLike,
    trials: ArrayLike,
    method: IntervalMethod = IntervalMethod.CLOPPER_PEARSON,
    confidence: float = CONFIDENCE,
) -> Bounds:
    """Two-sided interval of the proportion events / trials: lower and upper bounds, float64 of the broadcast
    shape.

    Without trials nothing is known: (0, 1). The lower bound at 0 events is exactly 0, the upper bound at n
    events exactly 1. Raises ValueError for counts that are no counts, more events than trials, or a
    confidence outside (0, 1).
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")
    k, n = np.broadcast_arrays(_counts(events), _counts(trials))
    if (k > n).any():
        raise ValueError("more events than trials")
    low, high = _METHODS[method](k.astype(np.float64), n.astype(np.float64), 1 - confidence)
    return np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)


def none_seen_bound(trials: ArrayLike, confidence: float = CONFIDENCE) -> NDArray[np.float64]:
    """Upper bound of a proportion of which no event was seen in so many trials: one-sided, exact.

    Solves (1 - p) ** trials = 1 - confidence, of which 3 / trials is the "rule of three" (Hanley and
    Lippman-Hand, Journal of the American Medical Association 249, 1983). 1 without trials. Raises ValueError
    as `interval` does.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")
    n = _counts(trials).astype(np.float64)
    return np.where(n == 0, 1.0, -np.expm1(np.log1p(-confidence) / np.maximum(n, 1)))


def interval_of_effective(events: ArrayLike, trials: ArrayLike, confidence: float = CONFIDENCE) -> Bounds:
    """Clopper and Pearson's interval where ``trials`` is an effective number, such as a design effect leaves,
    and neither need be whole. Raises ValueError for negative numbers, and for more events than trials.
    """
    k, n = np.broadcast_arrays(np.asarray(events, np.float64), np.asarray(trials, np.float64))
    if not ((k >= 0) & (k <= n)).all():
        raise ValueError("events must be from 0 to the number of trials")
    low, high = _clopper_pearson(k, n, 1 - confidence)
    return np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)


def _counts(values: ArrayLike) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.size and (not np.issubdtype(array.dtype, np.integer) or (array < 0).any()):
        raise ValueError("counts must be integers of 0 or more")
    return array.astype(np.int64)


def _clopper_pearson(k: NDArray[np.float64], n: NDArray[np.float64], alpha: float) -> Bounds:
    """Quantiles of the beta distribution (Clopper and Pearson, Biometrika 26, 1934). At the ends, where the
    distribution does not exist, `interval` knows the bound: ask for any distribution that does.
    """
    low = special.betaincinv(np.where(k == 0, 1, k), n - k + 1, alpha / 2)
    high = special.betaincinv(k + 1, np.where(k == n, 1, n - k), 1 - alpha / 2)
    return np.asarray(low), np.asarray(high)


def _wilson(k: NDArray[np.float64], n: NDArray[np.float64], alpha: float) -> Bounds:
    """Wilson's score interval (Journal of the American Statistical Association 22, 1927)."""
    z = float(special.ndtri(1 - alpha / 2))
    trials = np.maximum(n, 1)
    share = k / trials
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z / scale * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return np.where(n == 0, 0.0, centre - half), np.where(n == 0, 1.0, centre + half)


_METHODS: dict[IntervalMethod, Callable[[NDArray[np.float64], NDArray[np.float64], float], Bounds]] = {
    IntervalMethod.CLOPPER_PEARSON: _clopper_pearson,
    IntervalMethod.WILSON: _wilson,
    IntervalMethod.ANYTIME: anytime_bounds,
}
