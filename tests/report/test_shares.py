"""Shares in words."""

from __future__ import annotations

import pytest

from sassafras.report.shares import below, bound_percent, percent


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
