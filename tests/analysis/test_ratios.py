"""Ratios of shares, and whether their intervals are what they say."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from tests.analysis import ratio_coverage

from sassafras.analysis.proportion import Proportion
from sassafras.analysis.ratios import RatioInterval, koopman, ratio

DOCS = Path(__file__).parents[2] / "docs" / "statistics.md"


def pearson(theta: float, k1: int, n1: int, k2: int, n2: int) -> float:
    """Pearson's chi-squared with the likeliest shares under the ratio, found by looking for them."""

    def unlikely(p: float) -> float:
        return -float(stats.binom.logpmf(k1, n1, p) + stats.binom.logpmf(k2, n2, theta * p))

    p = float(optimize.minimize_scalar(unlikely, bounds=(1e-9, min(1, 1 / theta) - 1e-9), method="bounded").x)
    pairs = ((k1, n1, p), (k2, n2, theta * p))
    return sum((k - n * q) ** 2 / (n * q * (1 - q)) for k, n, q in pairs)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 60), st.integers(0, 60))
def test_koopman_ends_where_pearson_rejects(k1: int, k2: int, more1: int, more2: int) -> None:
    counts = (k1, k1 + 3 + more1, k2, k2 + 3 + more2)
    found = koopman(*counts)
    limit = float(stats.chi2.ppf(0.95, 1))
    assert found.low < found.value < found.high
    for end in (found.low, found.high):
        assert pearson(end, *counts) == pytest.approx(limit, rel=2e-3)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_it_does_not_matter_which_is_first(k1: int, n1: int, k2: int, n2: int) -> None:
    k1, k2 = min(k1, n1), min(k2, n2)
    one, other = koopman(k1, n1, k2, n2), koopman(k2, n2, k1, n1)
    assert one.low == pytest.approx(1 / other.high if other.high else math.inf, rel=1e-6)
    assert one.high == pytest.approx(1 / other.low if other.low else math.inf, rel=1e-6)


def test_nothing_seen() -> None:
    none = koopman(5, 100, 0, 100)
    assert (none.value, none.low) == (0, 0) and 0.5 < none.high < 1
    first = koopman(0, 100, 5, 100)
    assert math.isnan(first.value) and first.high == math.inf and first.low > 1
    neither = koopman(0, 100, 0, 100)
    assert math.isnan(neither.value) and (neither.low, neither.high) == (0, math.inf)
    assert koopman(0, 0, 3, 10).high == math.inf
    assert koopman(10, 10, 10, 10).low < 1 < koopman(10, 10, 10, 10).high


def test_a_known_factor_only_scales() -> None:
    first, second = Proportion((20,), (100,), (1.0,)), Proportion((5,), (100,), (1.0,))
    plain, scaled = ratio(first, second), ratio(first, Proportion((5,), (100,), (3.0,)))
    assert scaled == plain.times(3)
    assert plain.interval is RatioInterval.KOOPMAN


def test_estimates_take_mover_and_the_union_bound() -> None:
    first = Proportion((10, 20), (100, 100), (0.3, 0.7))
    second = Proportion((10, 2), (100, 100), (0.3, 0.7))
    found = ratio(first, second)
    a, b = first.estimate(), second.estimate()
    assert found.interval is RatioInterval.MOVER
    up = np.hypot(np.log(b.high / b.value), np.log(a.value / a.low))
    assert found.high == pytest.approx(b.value / a.value * np.exp(up))
    assert found.low < found.value < found.high
    none = ratio(first, Proportion((0, 0), (100, 100), (0.3, 0.7)))
    assert none.interval is RatioInterval.UNION_BOUND and (none.value, none.low) == (0, 0)
    stopped = ratio(Proportion((10,), (100,), (1.0,), anytime=True), Proportion((10,), (100,), (1.0,)))
    assert stopped.interval is RatioInterval.UNION_BOUND


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(ratio_coverage.CASES)))
def test_how_often_they_hold(number: int) -> None:
    """Score intervals hold about as often as they say, the others at least as often."""
    row = ratio_coverage.simulated(number, ratio_coverage.REPEATS)
    error = 3 * float((0.05 * 0.95 / ratio_coverage.REPEATS) ** 0.5)
    assert row.held >= (0.945 if row.interval == "Koopman" else 0.95) - error


@pytest.mark.slow
def test_the_table_in_the_documents_is_this() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for line in ratio_coverage.table():
        assert line in text
