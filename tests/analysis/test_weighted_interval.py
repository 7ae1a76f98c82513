"""Intervals of weighted sums: against brute force, closed forms, and their coverage computed exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sassafras.analysis.intervals import IntervalMethod, interval
from sassafras.analysis.weighted_interval import _largest, weighted_interval, weighted_none_seen

Pair = tuple[float, float]


def counts(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def floats(*values: float) -> NDArray[np.float64]:
    return np.array(values, np.float64)


def exact_coverage(p: Pair, trials: tuple[int, int], weights: Pair) -> float:
    """Probability that the interval of two strata holds their weighted sum: all pairs of counts."""
    theta = p[0] * weights[0] + p[1] * weights[1]
    held = 0.0
    for first in range(trials[0] + 1):
        for second in range(trials[1] + 1):
            chance = stats.binom.pmf(first, trials[0], p[0]) * stats.binom.pmf(second, trials[1], p[1])
            if chance > 1e-7:
                low, high = weighted_interval(counts(first, second), counts(*trials), floats(*weights))
                held += float(chance) * (low <= theta <= high)
    return held


@pytest.mark.parametrize("p", [(0.0, 0.02), (0.02, 0.03), (0.3, 0.05), (0.5, 0.5), (0.97, 0.2)])
@pytest.mark.parametrize(("trials", "weights"), [((12, 20), (0.8, 0.2)), ((25, 5), (0.5, 0.5))])
def test_it_covers_at_least_what_it_says(p: Pair, trials: tuple[int, int], weights: Pair) -> None:
    assert exact_coverage(p, trials, weights) >= 0.95 - 1e-4


@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.01, 1))
def test_one_stratum_is_clopper_pearson(events: int, trials: int, weight: float) -> None:
    events = min(events, trials)
    low, high = interval(events, trials)
    found = weighted_interval(counts(events), counts(trials), floats(weight))
    assert found == pytest.approx((weight * float(low), weight * float(high)))


def test_shares_as_large_as_the_strata_are_clopper_pearson_of_the_sums() -> None:
    found = weighted_interval(counts(3, 10, 0), counts(100, 200, 50), floats(2 / 7, 4 / 7, 1 / 7))
    assert found == pytest.approx(tuple(float(end) for end in interval(13, 350)))


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 400), st.floats(0.001, 1)), min_size=1, max_size=8
    ),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_it_holds_the_estimate_and_stays_within_what_is_possible(
    strata: list[tuple[int, int, float]], anytime: bool
) -> None:
    events = counts(*(min(k, n) for k, n, _ in strata))
    trials, weights = counts(*(n for _, n, _ in strata)), floats(*(w for _, _, w in strata))
    low, high = weighted_interval(events, trials, weights, anytime=anytime)
    seen = float((weights * events / np.maximum(trials, 1)).sum())
    unsampled = float(weights[trials == 0].sum())
    whole = float(weights.sum())
    assert 0 <= low <= seen + 1e-9
    assert seen + unsampled - 1e-9 <= high <= whole + 1e-9
    mirrored = weighted_interval(trials - events, trials, weights, anytime=anytime)
    assert mirrored == pytest.approx((whole - high, whole - low), abs=2e-4 * whole)


def test_what_was_not_sampled_may_hold_anything() -> None:
    low, high = weighted_interval(counts(0, 0), counts(1000, 0), floats(0.9, 0.1))
    assert low == 0
    assert 0.1 < high < 0.11
    assert weighted_interval(counts(0, 0), counts(0, 0), floats(0.9, 0.1)) == (0.0, 1.0)
    full = weighted_interval(counts(50, 5), counts(50, 5), floats(0.4, 0.1))
    assert full[1] == pytest.approx(0.5)


def test_none_seen_is_exact() -> None:
    """The worst that may hide: the sum is largest, under the probability of seeing nothing, in one stratum
    or spread over both.
    """
    one = weighted_none_seen(counts(1000), floats(1.0))
    assert one == pytest.approx(1 - 0.05**0.001)
    weights, trials = floats(0.7, 0.3), counts(100, 60)
    best = 0.0
    for first in np.linspace(0, 1, 20001)[:-1]:
        left = np.log(0.05) - trials[0] * np.log1p(-first)
        if left <= 0:
            best = max(best, weights[0] * first + weights[1] * -np.expm1(left / trials[1]))
    assert weighted_none_seen(trials, weights) == pytest.approx(best, abs=1e-5)
    assert weighted_none_seen(counts(100, 0), floats(0.7, 0.3)) > 0.3


@given(
    st.lists(st.tuples(st.floats(0.05, 1), st.integers(1, 50), st.floats(0.05, 1)), min_size=2, max_size=2),
    st.floats(-20, -0.5),
)
@settings(max_examples=50, deadline=None)
def test_the_convex_problem_is_solved(strata: Sequence[tuple[float, int, float]], level: float) -> None:
    """No point of a fine grid that keeps the condition has a larger sum."""
    weights = floats(*(s[0] for s in strata))
    n = floats(*(s[1] for s in strata))
    slope = floats(*(s[2] for s in strata))
    low, high = floats(0.01, 0.02), floats(0.6, 0.9)
    found = _largest(weights, n, slope, low, high, level)
    a, b = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    kept = n[0] * np.log1p(-a * slope[0]) + n[1] * np.log1p(-b * slope[1]) >= level
    sums = weights[0] * a + weights[1] * b
    best = float(sums[kept].max()) if kept.any() else float(weights @ low)
    step = float(weights @ (high - low)) / 299
    assert best - 1e-9 <= found <= best + 2 * step


def test_anytime_is_bonferroni_of_the_confidence_sequences() -> None:
    low, high = interval(counts(3, 40), counts(200, 100), IntervalMethod.ANYTIME, 1 - 0.05 / 2)
    found = weighted_interval(counts(3, 40), counts(200, 100), floats(0.6, 0.4), anytime=True)
    assert found == pytest.approx((0.6 * low[0] + 0.4 * low[1], 0.6 * high[0] + 0.4 * high[1]))


def test_weights_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        weighted_interval(counts(1, 1), counts(2, 2), floats(1.0, 0.0))
