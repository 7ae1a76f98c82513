"""Outcomes with the frame as a random effect."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.intervals import interval, interval_of_effective
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.over_frames import LEAST_FRAMES, korn_graubard, over_frames
from sassafras.faults.model import THREAD_MODES
from sassafras.simulation.frame_result import FrameResult


def by_hand(events: list[int], trials: list[int]) -> tuple[float, float]:
    """Korn and Graubard's interval, from its definition and SciPy's distributions."""
    frames, n, k = len(trials), sum(trials), sum(events)
    p = k / n
    spread = sum((e - p * t) ** 2 for e, t in zip(events, trials, strict=True))
    variance = frames / (frames - 1) * spread / n**2
    effective = float(n)
    if variance:
        ratio = stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, frames - 1)
        effective = min(n, p * (1 - p) / variance * ratio**2)
    x = p * effective
    return stats.beta.ppf(0.025, x, effective - x + 1), stats.beta.ppf(0.975, x + 1, effective - x)


_frames = st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=2, max_size=60)


@given(_frames)
def test_is_as_defined(found: list[tuple[int, float]]) -> None:
    trials = [n for n, _ in found]
    events = [round(n * share) for n, share in found]
    low, high = korn_graubard(np.array(events), np.array(trials))
    if sum(events) in (0, sum(trials)):
        assert math.isnan(low)
        assert math.isnan(high)
        return
    assert (low, high) == pytest.approx(by_hand(events, trials), rel=1e-9)
    assert 0 <= low < sum(events) / sum(trials) < high <= 1


@given(_frames)
def test_is_never_narrower_than_that_of_the_faults(found: list[tuple[int, float]]) -> None:
    trials = np.array([n for n, _ in found])
    events = np.array([round(n * share) for n, share in found])
    if 0 < events.sum() < trials.sum():
        low, high = korn_graubard(events, trials)
        fixed_low, fixed_high = interval(events.sum(), trials.sum())
        assert low <= float(fixed_low) + 1e-12
        assert high >= float(fixed_high) - 1e-12


def test_frames_that_are_alike_cost_nothing() -> None:
    low, high = korn_graubard(np.full(25, 4), np.full(25, 40))
    assert (low, high) == pytest.approx(tuple(map(float, interval(100, 1000))))


def test_frames_that_differ_do() -> None:
    """All events in half of the frames: about as if each frame were one trial."""
    low, high = korn_graubard(np.array([40] * 10 + [0] * 10), np.full(20, 40))
    assert high - low > 0.45


def test_frames_that_were_not_struck_do_not_count() -> None:
    events, trials = np.array([1, 2, 3, 0, 0]), np.array([10, 10, 20, 0, 0])
    assert korn_graubard(events, trials) == korn_graubard(events[:3], trials[:3])
    assert math.isnan(korn_graubard(np.array([3]), np.array([9]))[0])
    assert math.isnan(korn_graubard(np.array([], np.int64), np.array([], np.int64))[0])


@given(st.integers(0, 300), st.integers(1, 300))
def test_whole_effective_numbers_are_clopper_and_pearson_s(k: int, n: int) -> None:
    k = min(k, n)
    assert tuple(map(float, interval_of_effective(k, n))) == tuple(map(float, interval(k, n)))


def test_effective_numbers_need_not_be_whole() -> None:
    low, high = interval_of_effective(0.4, 7.5)
    assert float(low) == pytest.approx(stats.beta.ppf(0.025, 0.4, 8.1))
    assert float(high) == pytest.approx(stats.beta.ppf(0.975, 1.4, 7.1))
    for k, n in ((-0.1, 3.0), (3.1, 3.0), (math.nan, 3.0)):
        with pytest.raises(ValueError, match="events"):
            interval_of_effective(k, n)


def rows(frames: int, each: int) -> pd.DataFrame:
    """IOV faults of every outcome, and one RF fault."""
    made = [
        ("IOV", k % frames, *(("SDC", c.value) if c not in ("MASKED", "DUE") else (c.value, None)))
        for k, c in enumerate(list(OutcomeClass) * each)
    ]
    return pd.DataFrame([*made, ("RF", 0, "DUE", None)], columns=["mode", "frame", "outcome", "severity"])


def test_a_row_for_every_outcome_of_every_mode_with_enough_frames() -> None:
    found = over_frames(rows(LEAST_FRAMES, 50), list(THREAD_MODES))
    assert found is not None
    assert found["mode"].unique().tolist() == ["IOV"], "RF struck one frame alone"
    assert found["outcome"].tolist() == [c.value for c in OutcomeClass]
    assert found["n"].tolist() == [50] * len(OutcomeClass)
    assert found["share"].tolist() == [1 / len(OutcomeClass)] * len(OutcomeClass)
    assert found["frames"].unique().tolist() == [LEAST_FRAMES]
    assert (found["low"] < found["share"]).all()
    assert (found["share"] < found["high"]).all()


def test_too_few_frames_have_none() -> None:
    assert over_frames(rows(LEAST_FRAMES - 1, 50), list(THREAD_MODES)) is None


def frame(label: int | None, top1: int) -> FrameResult:
    return FrameResult("name", label, top1, 0.5)


def test_golden_accuracy() -> None:
    assert GoldenAccuracy.of([frame(1, 1), frame(2, 1), frame(None, 0), frame(0, 0)]) == GoldenAccuracy(
        4, 3, 2
    )
    assert GoldenAccuracy.of([]) == GoldenAccuracy()
