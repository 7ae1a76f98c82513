"""Two or more proportions beside each other: differences with intervals, tests, and Holm's correction.

A share here is a count of events and a number of trials. Differences are second minus first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy  # loads its parts where they are used: many import this room, few compare
from numpy.typing import NDArray

from sassafras.analysis.intervals import CONFIDENCE, IntervalMethod, interval

RESAMPLES = 9999  #: tables drawn for an exact test of more than two proportions; p is at least 1 / 10000
EXPECTED = 5.0  #: least expected count of the chi-squared test (Cochran, Biometrics 10, 1954)


class Test(StrEnum):
    """How a difference was tested."""

    __test__ = False  # a class of tests of hypotheses is none of pytest's

    FISHER = "Fisher"  #: exact, two independent samples
    MCNEMAR = "McNemar"  #: exact, pairs
    CHI_SQUARED = "chi-squared"  #: more than two independent samples
    FREEMAN_HALTON = "Freeman-Halton"  #: the same, where counts are small: Fisher's test, by drawing tables
    MOVER = "MOVER"  #: two estimates, weighted over strata (`estimated_differences`)
    UNION_BOUND = "union bound"  #: two estimates of which one stopped when its data said so (the same)


#: How the interval of a difference is made that is tested so.
INTERVALS = {
    Test.FISHER: "Newcombe",
    Test.MCNEMAR: "Newcombe, pairs",
    Test.MOVER: Test.MOVER.value,
    Test.UNION_BOUND: Test.UNION_BOUND.value,
}


@dataclass(frozen=True)
class Difference:
    """Second share minus first, its 95 % interval, and the two-sided p-value of no difference.

    ``value`` is NaN, the interval (-1, 1) and p 1 where a side has no trials.
    """

    value: float
    low: float
    high: float
    p_value: float
    test: Test


def independent(first: int, first_trials: int, second: int, second_trials: int) -> Difference:
    """Two independent samples: Newcombe's interval (method 10 of Statistics in Medicine 17, 1998, 873-890:
    Wilson's intervals of both shares, combined) and Fisher's exact test.
    """
    if not first_trials or not second_trials:
        return Difference(math.nan, -1.0, 1.0, 1.0, Test.FISHER)
    p1, low1, high1 = _wilson(first, first_trials)
    p2, low2, high2 = _wilson(second, second_trials)
    value = p2 - p1
    low = value - math.hypot(p2 - low2, high1 - p1)
    high = value + math.hypot(high2 - p2, p1 - low1)
    table = np.array([[first, first_trials - first], [second, second_trials - second]], np.int64)
    p_value = float(scipy.stats.fisher_exact(table).pvalue)
    return Difference(value, low, high, min(p_value, 1.0), Test.FISHER)


def paired(both: int, only_first: int, only_second: int, neither: int) -> Difference:
    """Pairs: Newcombe's interval (method 10 of Statistics in Medicine 17, 1998, 2635-2650: as above, less the
    correlation of the two, corrected for continuity) and McNemar's exact test.
    """
    n = both + only_first + only_second + neither
    if not n:
        return Difference(math.nan, -1.0, 1.0, 1.0, Test.MCNEMAR)
    p1, low1, high1 = _wilson(both + only_first, n)
    p2, low2, high2 = _wilson(both + only_second, n)
    phi = _correlation(both, only_first, only_second, neither)
    value = (only_second - only_first) / n
    low = value - _combined(p2 - low2, high1 - p1, phi)
    high = value + _combined(high2 - p2, p1 - low1, phi)
    return Difference(value, low, high, mcnemar_p_value(only_first, only_second), Test.MCNEMAR)


def mcnemar_p_value(only_first: int, only_second: int) -> float:
    """McNemar's exact two-sided test (Psychometrika 12, 1947, with the binomial distribution instead of chi
    squared): without a difference, a pair that differs is as likely to differ one way as the other.
    """
    discordant = only_first + only_second
    return float(scipy.stats.binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0


def overall(events: Sequence[int], trials: Sequence[int]) -> tuple[float, Test]:
    """Whether several independent samples have one share: p-value and test. Samples without trials say
    nothing; two that are left are tested as such.

    Pearson's chi-squared where every expected count is at least `EXPECTED`, else Fisher's test extended by
    Freeman and Halton (Biometrika 38, 1951), its p-value from `RESAMPLES` tables drawn with a fixed seed.
    """
    table = np.array([(k, n - k) for k, n in zip(events, trials, strict=True) if n], np.int64).reshape(-1, 2)
    if len(table) < 2 or not table.sum(axis=0).all():
        return 1.0, Test.CHI_SQUARED
    if len(table) == 2:
        return min(1.0, float(scipy.stats.fisher_exact(table).pvalue)), Test.FISHER
    if scipy.stats.contingency.expected_freq(table).min() >= EXPECTED:
        return float(scipy.stats.chi2_contingency(table, correction=False).pvalue), Test.CHI_SQUARED
    return _freeman_halton(table), Test.FREEMAN_HALTON


def _freeman_halton(table: NDArray[np.int64]) -> float:
    """Share of tables with these margins that are no likelier than this one, estimated. (scipy's own does not
    count tables of equal likelihood where that is rounded differently.)
    """
    events, trials = table[:, 0], table.sum(axis=1)
    dice = np.random.Generator(np.random.Philox(0))
    drawn = dice.multivariate_hypergeometric(trials, events.sum(), size=RESAMPLES, method="marginals")

    def likelihood(of: NDArray[np.int64]) -> NDArray[np.float64]:
        logs = scipy.special.gammaln(of + 1) + scipy.special.gammaln(trials - of + 1)
        return np.asarray(-logs.sum(axis=-1), np.float64)

    as_unlikely = likelihood(drawn) <= likelihood(events) + 1e-9
    return float((as_unlikely.sum() + 1) / (RESAMPLES + 1))


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979), float64 of the same length:
    declaring those below a level keeps the chance of any false one in the family below that level.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _wilson(events: int, trials: int) -> tuple[float, float, float]:
    low, high = interval(events, trials, IntervalMethod.WILSON, CONFIDENCE)
    return events / trials, float(low), float(high)


def _combined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Phi of the table, corrected for continuity where positive; 0 where a margin is empty."""
    margins = (both + only_first, only_second + neither, both + only_second, only_first + neither)
    if 0 in margins:
        return 0.0
    excess: float = both * neither - only_first * only_second
    if excess > 0:
        excess = max(0.0, excess - (both + only_first + only_second + neither) / 2)
    return excess / math.sqrt(math.prod(margins))
