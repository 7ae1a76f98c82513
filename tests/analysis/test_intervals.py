"""Intervals against SciPy's exact test, closed forms, and what they promise: coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sassafras.analysis.intervals import IntervalMethod, interval, none_seen_bound

WILSON = IntervalMethod.WILSON


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 100_000))
    return draw(st.sampled_from([0, n, draw(st.integers(0, n))])), n


@given(counts(), st.sampled_from([0.9, 0.95, 0.99]))
def test_clopper_pearson_is_scipys_exact_interval(count: tuple[int, int], confidence: float) -> None:
    events, trials = count
    low, high = interval(events, trials, confidence=confidence)
    known = stats.binomtest(events, trials).proportion_ci(confidence, method="exact")
    assert low == pytest.approx(known.low, rel=1e-9, abs=1e-15)
    assert high == pytest.approx(known.high, rel=1e-9)


@given(counts())
def test_wilson_is_scipys(count: tuple[int, int]) -> None:
    low, high = interval(*count, WILSON)
    known = stats.binomtest(*count).proportion_ci(0.95, method="wilson")
    assert low == pytest.approx(known.low, rel=1e-6, abs=1e-12)
    assert high == pytest.approx(known.high, rel=1e-6)


@pytest.mark.parametrize("trials", [1, 2, 10, 1000, 10**9])
def test_closed_forms_at_the_ends(trials: int) -> None:
    """No event in n: the upper bound p solves (1 - p)^n = 0.025; n in n is its mirror image."""
    low, high = interval([0, trials], [trials, trials])
    bound = -math.expm1(math.log(0.025) / trials)
    assert low[0] == 0.0
    assert high[1] == 1.0
    assert high[0] == pytest.approx(bound, rel=1e-9)
    assert 1 - low[1] == pytest.approx(bound, rel=1e-6)


@pytest.mark.parametrize("method", IntervalMethod)
def test_without_trials_nothing_is_known(method: IntervalMethod) -> None:
    low, high = interval(0, 0, method)
    assert (float(low), float(high)) == (0.0, 1.0)


@pytest.mark.parametrize("trials", [1, 10, 100])
def test_clopper_pearson_covers_what_it_says(trials: int) -> None:
    """For each true proportion, the exact probability that the interval holds it is at least 95 %."""
    events = np.arange(trials + 1)
    low, high = interval(events, trials)
    for proportion in np.linspace(0, 1, 2001):
        holds = (low <= proportion) & (proportion <= high)
        assert stats.binom.pmf(events, trials, proportion)[holds].sum() >= 0.95 - 1e-12


@pytest.mark.parametrize("method", IntervalMethod)
@given(count=counts())
def test_the_share_lies_inside_and_mirrors(method: IntervalMethod, count: tuple[int, int]) -> None:
    events, trials = count
    low, high = interval(events, trials, method)
    mirrored_low, mirrored_high = interval(trials - events, trials, method)
    assert 0 <= low <= events / trials <= high <= 1
    assert low == pytest.approx(1 - mirrored_high, abs=1e-9)
    assert high == pytest.approx(1 - mirrored_low, abs=1e-9)


def test_arrays_are_broadcast() -> None:
    low, high = interval([[1], [2]], [10, 20, 30])
    assert low.shape == high.shape == (2, 3)
    assert high[1, 2] == interval(2, 30)[1]


@pytest.mark.parametrize(("events", "trials"), [(3, 2), (-1, 2), (0, -1), (0.5, 2), ([1, 5], 4)])
def test_counts_that_are_none_are_refused(events: object, trials: object) -> None:
    with pytest.raises(ValueError, match=r"events|counts"):
        interval(events, trials)  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_confidence_is_a_probability(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        interval(1, 2, confidence=confidence)


def test_the_papers_error_bar_is_not_the_worst_case() -> None:
    """The paper states 1.96 % for 1000 injections (section 5.2); half of them gives 3.1 %."""
    low, high = interval(500, 1000)
    assert (high - low) / 2 == pytest.approx(0.0315, abs=5e-4)


@pytest.mark.parametrize("trials", [1, 3, 30, 1000, 10**6])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_the_bound_of_what_was_not_seen_is_exact(trials: int, confidence: float) -> None:
    """It is the p at which seeing nothing has just the probability 1 - confidence; so it covers exactly."""
    bound = float(none_seen_bound(trials, confidence))
    assert stats.binom.cdf(0, trials, bound) == pytest.approx(1 - confidence, rel=1e-9)
    assert bound < float(interval(0, trials, confidence=confidence)[1])


def test_the_rule_of_three() -> None:
    assert float(none_seen_bound(1000)) == pytest.approx(0.00299, abs=0.00001)
    assert float(none_seen_bound(0)) == 1.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        none_seen_bound(5, 1.0)
    with pytest.raises(ValueError, match="integers"):
        none_seen_bound(-1)
