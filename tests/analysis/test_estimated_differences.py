"""Differences of estimates: by hand, by enumerating every table, and simulated campaigns."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.analysis import difference_coverage
from tests.analysis.difference_coverage import CASES, WEIGHTS, simulated

from sassafras.analysis.differences import Test
from sassafras.analysis.estimated_differences import SMALLEST, bounds, estimated
from sassafras.analysis.intervals import IntervalMethod, interval
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.weighted_interval import weighted_interval

DOCS = Path(__file__).parents[2] / "docs" / "statistics.md"
COUNTS = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
STRATA = st.lists(COUNTS, min_size=3, max_size=3)


def plain(events: int, trials: int, *, anytime: bool = False) -> Proportion:
    return Proportion((events,), (trials,), (1.0,), anytime)


def weighted(cells: list[tuple[int, int]]) -> Proportion:
    return Proportion(tuple(k for k, _ in cells), tuple(n for _, n in cells), WEIGHTS)


@given(COUNTS, COUNTS)
def test_mover_by_hand(one: tuple[int, int], two: tuple[int, int]) -> None:
    """Two plain counts, from scipy's own Clopper-Pearson intervals."""
    (k1, n1), (k2, n2) = one, two
    a, b = (stats.binomtest(k, n).proportion_ci(0.95) for k, n in (one, two))
    p1, p2 = k1 / n1, k2 / n2
    found = estimated(plain(*one), plain(*two))
    assert found.value == pytest.approx(p2 - p1)
    assert found.low == pytest.approx(p2 - p1 - math.sqrt((p2 - b.low) ** 2 + (a.high - p1) ** 2), abs=1e-9)
    assert found.high == pytest.approx(p2 - p1 + math.sqrt((b.high - p2) ** 2 + (p1 - a.low) ** 2), abs=1e-9)
    assert found.test is Test.MOVER


def test_the_union_bound_by_hand() -> None:
    found = estimated(plain(30, 240, anytime=True), plain(40, 200))
    low1, high1 = interval(30, 240, IntervalMethod.ANYTIME, 0.975)
    low2, high2 = stats.binomtest(40, 200).proportion_ci(0.975)
    assert [found.low, found.high] == pytest.approx([low2 - float(high1), high2 - float(low1)])
    assert (found.value, found.test) == (40 / 200 - 30 / 240, Test.UNION_BOUND)


@given(STRATA, STRATA)
def test_weighted_shares_enter_with_their_own_intervals(
    one: list[tuple[int, int]], two: list[tuple[int, int]]
) -> None:
    a, b = weighted(one), weighted(two)
    ends = [
        weighted_interval(np.array(p.events), np.array(p.trials), np.array(WEIGHTS), confidence=0.9)
        for p in (a, b)
    ]
    shares = [sum(w * k / n for w, (k, n) in zip(WEIGHTS, cells, strict=True)) for cells in (one, two)]
    low, high = bounds(a, b, 0.1)
    value = shares[1] - shares[0]
    assert low == pytest.approx(value - math.hypot(shares[1] - ends[1][0], ends[0][1] - shares[0]), abs=1e-9)
    assert high == pytest.approx(value + math.hypot(ends[1][1] - shares[1], shares[0] - ends[0][0]), abs=1e-9)


@given(COUNTS, COUNTS, st.booleans())
def test_the_other_way_round(one: tuple[int, int], two: tuple[int, int], anytime: bool) -> None:
    a, b = plain(*one, anytime=anytime), plain(*two)
    there, back = estimated(a, b), estimated(b, a)
    assert [there.value, there.low, there.high] == pytest.approx([-back.value, -back.high, -back.low])
    assert there.p_value == back.p_value
    assert -1 <= there.low <= there.value + 1e-12
    assert there.value - 1e-12 <= there.high <= 1


@given(COUNTS, COUNTS, st.booleans())
def test_the_p_value_inverts_the_interval(one: tuple[int, int], two: tuple[int, int], anytime: bool) -> None:
    a, b = plain(*one, anytime=anytime), plain(*two)
    found = estimated(a, b)
    if found.low <= 0 <= found.high:
        assert found.p_value == 1
        return
    assert SMALLEST <= found.p_value <= 0.05
    low, high = bounds(a, b, found.p_value)
    assert low > 0 or high < 0, "at p the interval leaves out 0"
    if found.p_value > SMALLEST:
        low, high = bounds(a, b, found.p_value * 0.98)
        assert low <= 0 <= high, "a little below it does not"


def test_without_trials_nothing_is_known() -> None:
    for found in (estimated(plain(0, 0), plain(3, 10)), estimated(plain(3, 10), Proportion((), (), ()))):
        assert math.isnan(found.value)
        assert (found.low, found.high, found.p_value) == (-1.0, 1.0, 1.0)


def chances(p1: float, n1: int, p2: float, n2: int, alpha: float) -> tuple[float, float]:
    """Chances that MOVER's interval holds the difference, and that it leaves out 0, by all tables."""
    w1, w2 = stats.binom.pmf(np.arange(n1 + 1), n1, p1), stats.binom.pmf(np.arange(n2 + 1), n2, p2)
    held = outside = 0.0
    for k1, k2 in itertools.product(range(n1 + 1), range(n2 + 1)):
        low, high = bounds(plain(k1, n1), plain(k2, n2), alpha)
        held += w1[k1] * w2[k2] * (low - 1e-12 <= p2 - p1 <= high + 1e-12)
        outside += w1[k1] * w2[k2] * (low > 0 or high < 0)
    return held, outside


@pytest.mark.parametrize("n", [(25, 25), (10, 40)])
@pytest.mark.parametrize(
    ("p1", "p2"), [(0.5, 0.5), (0.1, 0.3), (0.02, 0.02), (0.0, 0.05), (0.9, 0.6), (0.3, 0.3), (0.01, 0.2)]
)
def test_mover_of_exact_intervals_covers(p1: float, p2: float, n: tuple[int, int]) -> None:
    """Unlike Newcombe's, which is made of Wilson's (0.92 and up): here never below 95 %."""
    assert chances(p1, n[0], p2, n[1], 0.05)[0] >= 0.95


@pytest.mark.parametrize("alpha", [0.05, 0.005, 0.0005])
@pytest.mark.parametrize("p", [0.02, 0.1, 0.3, 0.5])
def test_small_p_values_are_as_rare_as_they_say(p: float, alpha: float) -> None:
    """Holm's correction asks for small ones."""
    assert chances(p, 20, p, 35, alpha)[1] <= alpha


def check(number: int, repeats: int) -> None:
    """95 %, less three standard errors of the simulation; and where nothing differs, no more is found."""
    row = simulated(number, repeats)
    assert row.held >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / repeats)
    if row.difference == 0:
        levels = np.array([0.05, 0.005, 0.0005])
        assert (np.array(row.significant) <= levels + 3 * np.sqrt(levels / repeats)).all()


@pytest.mark.alike(3)
@pytest.mark.parametrize("number", range(len(CASES)))
def test_simulated_campaigns(number: int) -> None:
    check(number, 60)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CASES)))
def test_many_simulated_campaigns(number: int) -> None:
    check(number, difference_coverage.REPEATS)


@pytest.mark.slow
def test_the_table_in_the_documents_is_this() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for line in difference_coverage.table():
        assert line in text
