"""The default interval holds as often as it says, and so does the one of a sequential stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis import coverage

DOCS = Path(__file__).parents[2] / "docs" / "statistics.md"


def least(repeats: int) -> float:
    """95 %, less three standard errors of the simulation."""
    return 0.95 - 3 * float((0.05 * 0.95 / repeats) ** 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("p", coverage.PROPORTIONS)
@pytest.mark.parametrize("trials", coverage.SIZES)
def test_the_default_interval(p: float, trials: int) -> None:
    row = coverage.fixed(p, trials)
    assert row.exact >= 0.95
    assert row.simulated >= least(coverage.REPEATS)
    assert row.simulated == pytest.approx(row.exact, abs=0.006)


@pytest.mark.slow
@pytest.mark.parametrize("p", coverage.PROPORTIONS)
@pytest.mark.parametrize("goal", coverage.GOALS)
def test_under_sequential_stop(p: float, goal: float) -> None:
    row = coverage.stopped(p, goal)
    assert row.at_stop >= least(coverage.STOPS)
    assert row.always >= least(coverage.STOPS), "no look at all missed, in 95 % of the campaigns"
    assert row.width <= 2 * goal


@pytest.mark.slow
@pytest.mark.parametrize("frames", coverage.FRAME_SIZES)
@pytest.mark.parametrize("correlation", coverage.CORRELATIONS)
@pytest.mark.parametrize("p", coverage.FRAME_SHARES)
def test_over_frames(p: float, correlation: float, frames: tuple[int, int]) -> None:
    """Approximate: it may fall a little short, most where few events fall into few of the frames."""
    row = coverage.over_frames(p, correlation, *frames)
    skewed = (p, correlation) == (0.01, 0.05)
    assert row.holds >= (0.92 if skewed else 0.95) - 3 * (0.05 * 0.95 / coverage.FRAME_REPEATS) ** 0.5
    if correlation and p >= 0.01:
        assert row.fixed < row.holds, "an interval for these frames is none over frames"


@pytest.mark.slow
def test_the_tables_in_the_documents_are_these() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for line in coverage.tables():
        assert line in text
