"""Differences of shares against published worked examples, exact enumeration and exact fractions."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sassafras.analysis.differences import RESAMPLES, Test, holm, independent, overall, paired

# Newcombe, Statistics in Medicine 17 (1998) 873-890, Table II, method 10: first share minus second.
TWO_SAMPLES = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("one", "two", "low", "high"), TWO_SAMPLES)
def test_newcombe_as_published(one: tuple[int, int], two: tuple[int, int], low: float, high: float) -> None:
    found = independent(*two, *one)
    assert [found.low, found.high] == pytest.approx([low, high], abs=6e-5)
    assert found.value == pytest.approx(one[0] / one[1] - two[0] / two[1])


def test_newcombe_paired_as_published() -> None:
    """The same author's Table on page 2635 ff.: 36, 12, 2, 0 gives 0.0569 to 0.3404."""
    found = paired(36, 2, 12, 0)
    assert [found.low, found.high] == pytest.approx([0.0569, 0.3404], abs=6e-5)
    assert found.value == pytest.approx(0.2)


def exact_fisher(k1: int, n1: int, k2: int, n2: int) -> Fraction:
    """The two-sided test by its definition: tables no likelier than this one, all margins fixed."""
    ways = {k: math.comb(n1, k) * math.comb(n2, k1 + k2 - k) for k in range(k1 + k2 + 1) if k <= n1}
    return Fraction(sum(w for w in ways.values() if w <= ways[k1]), math.comb(n1 + n2, k1 + k2))


COUNTS = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS)
def test_fisher_against_counting(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = independent(*one, *two)
    assert found.p_value == pytest.approx(float(exact_fisher(*one, *two)), rel=1e-9)
    assert found.test is Test.FISHER


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_mcnemar_against_counting(cells: list[int]) -> None:
    both, only_first, only_second, neither = cells
    found = paired(both, only_first, only_second, neither)
    n, fewer = only_first + only_second, min(only_first, only_second)
    tail = Fraction(sum(math.comb(n, k) for k in range(fewer + 1)), 2**n)
    assert found.p_value == pytest.approx(float(min(Fraction(1), 2 * tail)), rel=1e-9)
    assert found.test is Test.MCNEMAR


@given(COUNTS, COUNTS)
def test_the_other_way_round(one: tuple[int, int], two: tuple[int, int]) -> None:
    there, back = independent(*one, *two), independent(*two, *one)
    assert there.value == pytest.approx(-back.value)
    assert [there.low, there.high] == pytest.approx([-back.high, -back.low])
    assert -1 <= there.low <= there.value <= there.high <= 1
    assert there.p_value == pytest.approx(back.p_value)


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(any))
def test_pairs_the_other_way_round(cells: list[int]) -> None:
    both, only_first, only_second, neither = cells
    there, back = paired(*cells), paired(both, only_second, only_first, neither)
    assert [there.low, there.high] == pytest.approx([-back.high, -back.low])
    assert -1 - 1e-12 <= there.low <= there.value <= there.high <= 1 + 1e-12


def coverage_of_two(p1: float, p2: float, n: int) -> float:
    """Chance that the interval holds the true difference, every table enumerated."""
    w1, w2 = (np.asarray(stats.binom.pmf(np.arange(n + 1), n, p)) for p in (p1, p2))
    held = 0.0
    for a, b in itertools.product(range(n + 1), repeat=2):
        found = independent(a, n, b, n)
        held += w1[a] * w2[b] * (found.low - 1e-12 <= p2 - p1 <= found.high + 1e-12)
    return held


@pytest.mark.parametrize(("p1", "p2"), [(0.5, 0.5), (0.1, 0.3), (0.02, 0.02), (0.0, 0.05), (0.9, 0.6)])
def test_the_interval_covers_about_what_it_says(p1: float, p2: float) -> None:
    """Newcombe's is no exact interval: 95 % on average, less for some shares (his Table III: 0.92 and up)."""
    assert coverage_of_two(p1, p2, 25) > 0.92


def test_without_trials_nothing_is_known() -> None:
    for found in (independent(0, 0, 3, 10), independent(3, 10, 0, 0), paired(0, 0, 0, 0)):
        assert math.isnan(found.value)
        assert (found.low, found.high, found.p_value) == (-1.0, 1.0, 1.0)


def test_overall_is_pearsons_where_counts_are_large() -> None:
    """By hand: 2 x 3 with 30, 40, 50 of 100: expected 40 and 60; chi squared 8.333..., two degrees."""
    p_value, test = overall([30, 40, 50], [100, 100, 100])
    assert test is Test.CHI_SQUARED
    assert p_value == pytest.approx(math.exp(-(100 / 40 * 2 + 100 / 60 * 2) / 2), rel=1e-9)


@pytest.mark.parametrize(
    ("events", "trials"),
    [([4, 0, 1], [8, 8, 8]), ([0, 0, 1], [30, 30, 30]), ([1, 0, 3], [9, 30, 12]), ([7, 8, 9], [9, 9, 9])],
)
def test_overall_is_exact_where_counts_are_small(events: list[int], trials: list[int]) -> None:
    """All tables with these margins, by their hypergeometric weights."""
    weights = {
        ks: math.prod(math.comb(n, k) for n, k in zip(trials, ks, strict=True))
        for ks in itertools.product(*(range(min(n, sum(events)) + 1) for n in trials))
        if sum(ks) == sum(events)
    }
    observed = weights[tuple(events)]
    exact = sum(w for w in weights.values() if w <= observed) / math.comb(sum(trials), sum(events))
    p_value, test = overall(events, trials)
    assert test is Test.FREEMAN_HALTON
    assert p_value == pytest.approx(exact, abs=5 * math.sqrt(exact / RESAMPLES))
    assert overall(events, trials) == (p_value, test)


def test_overall_with_two_that_have_trials() -> None:
    p_value, test = overall([3, 0, 1], [8, 0, 9])
    assert test is Test.FISHER
    assert p_value == pytest.approx(float(exact_fisher(3, 8, 1, 9)))


@pytest.mark.parametrize(
    ("events", "trials"), [([0, 0, 0], [5, 6, 7]), ([5, 6, 7], [5, 6, 7]), ([3, 0, 0], [5, 0, 0])]
)
def test_overall_without_anything_to_tell_apart(events: list[int], trials: list[int]) -> None:
    assert overall(events, trials)[0] == 1.0


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_as_his_procedure_does(p_values: list[float]) -> None:
    """Step down: the smallest at alpha / m, the next at alpha / (m - 1), until one is kept."""
    adjusted = holm(p_values)
    assert np.all(adjusted >= np.array(p_values) - 1e-15)
    for alpha in (0.01, 0.05, 0.3):
        rejected = set()
        for step, index in enumerate(np.argsort(p_values, kind="stable")):
            if p_values[index] * (len(p_values) - step) > alpha:
                break
            rejected.add(int(index))
        assert {k for k, p in enumerate(adjusted) if p <= alpha} == rejected
