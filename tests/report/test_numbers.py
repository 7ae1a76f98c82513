"""Numbers in words: the digits that they deserve."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.analysis.intervals import interval, none_seen_bound
from sassafras.report.cells import Overhead
from sassafras.report.numbers import (
    MINUS,
    added,
    below,
    bound_percent,
    decimals_of,
    percent,
    rounded_up,
    share_label,
    share_text,
    signed,
    significant,
    with_unit,
)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0"),
        (0.001, "0.1"),
        (0.0004, "0.04"),
        (0.00051, "0.1"),
        (0.00003, "0.003"),
        (0.000099, "0.010"),
        (0.0000004, "4e-5"),
        (0.00000000004, "4e-9"),
        (0.127, "12.7"),
        (1, "100.0"),
    ],
)
def test_percent_shows_something_of_everything(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("trials", "text"),
    [(1, "95"), (14, "20"), (20, "14"), (59, "5.0"), (100, "3.0"), (1000, "0.30"), (10**6, "0.00030")],
)
def test_bounds_are_rounded_up(trials: int, text: str) -> None:
    bound = 1 - 0.05 ** (1 / trials)
    assert bound_percent(bound) == text
    assert float(text) >= bound * 100 * (1 - 1e-9)


def test_below() -> None:
    assert below(1 - 0.05**0.001) == "below 0.30 %"
    assert below(1.0) == "below 100 %"


@pytest.mark.parametrize(
    ("n", "trials", "text"),
    [
        (2, 20, "10 (1–32)"),
        (1, 20, "5 (0.1–25)"),
        (20, 20, "100 (83–100)"),
        (127, 1000, "12.7 (10.7–14.9)"),
        (3, 1000, "0.30 (0.06–0.87)"),
        (12_700, 100_000, "12.70 (12.49–12.91)"),
        (1, 10**6, "1e-4 (3e-6–0.00056)"),
        (0, 1000, "below 0.30 %"),
    ],
)
def test_digits_follow_the_interval(n: int, trials: int, text: str) -> None:
    low, high = (float(end) for end in interval(n, trials))
    bound = float("nan") if n else float(none_seen_bound(trials))
    assert share_text(n / trials, low, high, bound) == text
    assert share_label(n / trials, low, high, bound) == text.partition(" (")[0].replace(
        "below ", "<"
    ).removesuffix(" %")


def test_without_trials_there_is_a_dash() -> None:
    nan = float("nan")
    assert share_text(nan, 0, 1) == share_label(nan, 0, 1) == with_unit(share_text(nan, 0, 1)) == "–"


@given(n=st.integers(1, 10**6), more=st.integers(0, 10**6))
def test_a_written_share_is_near_and_no_bound_above_0_is_0(n: int, more: int) -> None:
    low, high = (float(end) for end in interval(n, n + more))
    share = n / (n + more)
    text = share_text(share, low, high)
    found = re.fullmatch(r"(\S+) \((\S+)–(\S+)\)", text)
    assert found
    for shown, exact in zip(found.groups(), (share, low, high), strict=True):
        assert float(shown) > 0
        assert abs(float(shown) - exact * 100) <= max(
            0.51 * 10 ** -decimals_of(share, low, high), exact * 100
        )


def test_units_signs_and_digits() -> None:
    assert with_unit("12.7 (10.7–14.9)") == "12.7 (10.7–14.9) %"
    assert with_unit("below 0.30 %") == "below 0.30 %"
    assert [signed(x) for x in (0.0, -0.0, 1e-5, -1e-5, 0.125, -1.0)] == ["0.0"] * 4 + ["+12.5", "−100.0"]
    assert [significant(x) for x in (0.16623, 12345.0, float("inf"))] == ["0.166", "1.23e+04", "∞"]
    assert [rounded_up(x) for x in (0.0, 0.2991, 12.01)] == ["0", "0.30", "13"]


def test_what_is_added_may_be_less_than_nothing() -> None:
    """With the same minus as the band beside it."""
    assert added(0.0286) == "2.86" and added(0.0286, sign=True) == "+2.86"
    assert added(-0.0285) == added(-0.0285, sign=True) == f"{MINUS}2.85"
    assert Overhead(-0.0285, -0.03, 0.01).parts == (f"{MINUS}2.85 %", f"{MINUS}3.00–1.00")
