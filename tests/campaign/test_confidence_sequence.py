"""The confidence sequence against its definition, and its promise computed exactly: no simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sassafras.campaign.design.confidence_sequence import anytime_bounds, log_martingale

ALPHA = 0.05


def bounds(events: Sequence[int], trials: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return anytime_bounds(np.array(events, np.float64), np.array(trials, np.float64), ALPHA)


@pytest.mark.parametrize("p", [1e-6, 0.001, 0.1, 0.5, 0.97])
@pytest.mark.parametrize("trials", [1, 2, 30, 400])
def test_the_martingale_has_mean_one(p: float, trials: int) -> None:
    events = np.arange(trials + 1)
    terms = stats.binom.logpmf(events, trials, p) + log_martingale(events, trials, p)
    assert float(np.exp(terms).sum()) == pytest.approx(1, rel=1e-9)


@given(st.integers(0, 2000), st.integers(0, 2000), st.floats(1e-6, 1 - 1e-6))
def test_the_next_trial_does_not_change_it_on_average(events: int, others: int, p: float) -> None:
    n = events + others
    now, less, more = (
        float(log_martingale(k, m, p)) for k, m in ((events, n), (events, n + 1), (events + 1, n + 1))
    )
    assert p * math.exp(more - now) + (1 - p) * math.exp(less - now) == pytest.approx(1, rel=1e-6)


@pytest.mark.alike(3)
@pytest.mark.parametrize("p", [0.0005, 0.01, 0.1, 0.5, 0.9])
def test_it_is_hardly_ever_wrong_at_any_time(p: float) -> None:
    """The probability that any of the first 300 intervals misses p, exactly: walk over all numbers of
    events.
    """
    assert probability_of_a_miss([p], range(1, 301), p) <= ALPHA


def test_models_that_take_turns() -> None:
    """Faults of two models, looked at after whole turns: the proportion is their mean."""
    for pair in ((0.0, 1.0), (0.02, 0.3), (0.5, 0.9)):
        assert probability_of_a_miss(pair, range(2, 301, 2), sum(pair) / 2) <= ALPHA


def probability_of_a_miss(turns: Sequence[float], looks: range, p: float) -> float:
    alive = np.array([1.0])  # probability of each number of events while no interval has missed
    for n in range(1, looks[-1] + 1):
        q = turns[(n - 1) % len(turns)]
        alive = np.append(alive * (1 - q), 0) + np.append(0, alive * q)
        if n in looks:
            low, high = bounds(range(n + 1), [n] * (n + 1))
            alive[(p < low) | (p > high)] = 0
    return 1 - float(alive.sum())


@given(st.integers(0, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_what_is_left_is_an_interval(count: tuple[int, int]) -> None:
    events, trials = count
    near = np.logspace(-12, -3, 300)
    grid = np.concatenate([near, np.linspace(0.001, 0.999, 2001)[1:-1], 1 - near[::-1]])
    left = log_martingale(events, trials, grid) < -math.log(ALPHA)
    (low,), (high,) = bounds([events], [trials])
    np.testing.assert_array_equal(left, (grid > low) & (grid < high))
    assert low <= (events / trials if trials else 0.5) <= high


def test_the_ends() -> None:
    low, high = bounds([0, 0, 7], [0, 50, 7])
    assert low.tolist()[:2] == [0.0, 0.0]
    assert (high[0], high[2]) == (1.0, 1.0)
    assert 0 < high[1] < 0.5
    assert low[2] > 0


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_events_and_their_absence_are_mirror_images(count: tuple[int, int]) -> None:
    events, trials = count
    (low, mirrored_low), (high, mirrored_high) = bounds([events, trials - events], [trials, trials])
    assert low == pytest.approx(1 - mirrored_high, abs=1e-12)
    assert high == pytest.approx(1 - mirrored_low, abs=1e-12)


def test_it_is_not_much_wider_than_the_exact_interval_of_a_fixed_number() -> None:
    for trials in (300, 1000, 10_000, 100_000):
        for p in (Fraction(0), Fraction(1, 100), Fraction(1, 10), Fraction(1, 2)):
            events = int(p * trials)
            (low,), (high,) = bounds([events], [trials])
            exact = stats.binomtest(events, trials).proportion_ci(0.95)
            assert 1.3 < (high - low) / (exact.high - exact.low) < 1.9
