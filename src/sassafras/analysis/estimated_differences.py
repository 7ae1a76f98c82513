"""Differences of two estimated shares of which each has an interval at any level: where at least one of the
campaigns was sampled in strata, or stopped when its data said so.

* *Both of a size fixed beforehand*: MOVER, the "method of variance estimates recovery" (G. Zou, A. Donner,
  Statistics in Medicine 27, 2008, 1693-1702): each share's own interval tells how far it may be off to the
  side that matters, and both are put together as the sides of a right triangle. With Wilson's intervals
  that is Newcombe's method 10; here they are Clopper-Pearson's, and Chernoff's of weighted sums
  (`weighted_interval`), which are wider than they need be: so is the difference. It wants independent
  samples, and is cautious where they go together.
* *A sequential one among them*: the union bound. Both intervals at a level of alpha / 2 hold together with
  probability 1 - alpha, whenever one stops and however the two depend on each other; then the difference
  lies between lower end less upper end and upper end less lower end. Nothing is approximate about it.

The p-value inverts the interval: the smallest level at which it does not hold 0. Of the union bound it is
valid as it stands (the interval is so at every level); of MOVER it is as good as the interval.
"""

from __future__ import annotations

import math

from sassafras.analysis.differences import Difference, Test
from sassafras.analysis.intervals import CONFIDENCE
from sassafras.analysis.proportion import Proportion

SMALLEST = 1e-6  #: p-values below it are not told apart
HALVINGS = 10  #: of the logarithm of the level: p is then known to 1 %, and rounded up


def estimated(first: Proportion, second: Proportion) -> Difference:
    """Second share minus first, of independent campaigns (of any, where one is anytime-valid).

    ``p_value`` is 1 where the interval holds 0: only p below 0.05 is looked for. Value NaN, interval (-1, 1)
    and p 1 where a side has no trials.
    """
    test = Test.UNION_BOUND if first.anytime or second.anytime else Test.MOVER
    if not first.total or not second.total:
        return Difference(math.nan, -1.0, 1.0, 1.0, test)
    value = second.estimate().value - first.estimate().value
    low, high = bounds(first, second, 1 - CONFIDENCE)
    return Difference(value, low, high, _p_value(first, second), test)


def bounds(first: Proportion, second: Proportion, alpha: float) -> tuple[float, float]:
    """The interval of second minus first at the level ``alpha``; both with trials."""
    if first.anytime or second.anytime:
        a, b = first.estimate(1 - alpha / 2), second.estimate(1 - alpha / 2)
        return b.low - a.high, b.high - a.low
    a, b = first.estimate(1 - alpha), second.estimate(1 - alpha)
    value = b.value - a.value
    low = value - math.hypot(b.value - b.low, a.high - a.value)
    high = value + math.hypot(b.high - b.value, a.value - a.low)
    return max(-1.0, low), min(1.0, high)


def _p_value(first: Proportion, second: Proportion) -> float:
    """The smallest level, up to 1 %, at which 0 is outside."""

    def is_outside(alpha: float) -> bool:
        low, high = bounds(first, second, alpha)
        return low > 0 or high < 0

    out, inside = 1 - CONFIDENCE, SMALLEST
    if not is_outside(out):
        return 1.0
    if is_outside(inside):
        return inside
    for _ in range(HALVINGS):
        middle = math.sqrt(out * inside)
        if is_outside(middle):
            out = middle
        else:
            inside = middle
    return out
