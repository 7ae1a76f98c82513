from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.hardening.mcnemar import mcnemar

counts = st.integers(0, 40)


@given(counts, counts, counts, counts)
def test_the_closed_form(both: int, better: int, worse: int, neither: int) -> None:
    """Twice the smaller tail of the binomial distribution with 1/2, which is symmetric; at most 1."""
    n = better + worse
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1)) / 2**n
    assert mcnemar(both, better, worse, neither).p_value == pytest.approx(min(1.0, 2 * tail))


def test_all_better() -> None:
    pair = mcnemar(1, 10, 0, 100)
    assert pair.p_value == pytest.approx(2 / 2**10)
    assert (pair.pairs, pair.before, pair.after) == (111, 11, 1)
    assert pair.reduction == pytest.approx(10 / 11)


def test_nothing_changed() -> None:
    assert mcnemar(5, 0, 0, 5).p_value == 1
    assert mcnemar(0, 0, 3, 5).reduction is None


@given(counts, counts)
def test_it_does_not_matter_who_is_first(better: int, worse: int) -> None:
    assert mcnemar(0, better, worse, 0).p_value == pytest.approx(mcnemar(0, worse, better, 0).p_value)
