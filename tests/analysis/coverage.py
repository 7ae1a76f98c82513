"""How often intervals hold the truth: ``python -m tests.analysis.coverage`` prints the tables of
docs/statistics.md (some minutes; the same numbers every time).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sassafras.analysis.intervals import IntervalMethod, interval
from sassafras.analysis.over_frames import korn_graubard
from sassafras.campaign.design.lanes import looks

PROPORTIONS = (0.0, 0.001, 0.01, 0.1, 0.5)
SIZES = (100, 1000, 10_000)
GOALS = (0.05, 0.02, 0.01)
REPEATS = 20_000
STOPS = 4_000
FRAME_SHARES = (0.001, 0.01, 0.1, 0.5)
CORRELATIONS = (0.0, 0.01, 0.05)
FRAME_SIZES = ((20, 1000), (40, 3000), (100, 3000))
FRAME_REPEATS = 2_000
SEED = 20_240_229

Counts = NDArray[np.int64]
Held = NDArray[np.bool_]


@dataclass(frozen=True)
class Fixed:
    """Coverage and mean width for a number of trials fixed beforehand. ``simulated``: share of `REPEATS`
    random campaigns; the other numbers are exact sums over all outcomes.
    """

    p: float
    trials: int
    simulated: float
    exact: float
    width: float
    wilson_exact: float
    wilson_width: float


@dataclass(frozen=True)
class Stopped:
    """Coverage of `STOPS` campaigns that stop when every share is known to within ``goal``. ``at_stop``: of
    the interval reported then; ``always``: campaigns in which no look missed; both for anytime-valid
    intervals and for Clopper-Pearson ones used in their place (stopping when those are narrow enough).
    """

    p: float
    goal: float
    trials: float
    at_stop: float
    always: float
    width: float
    naive_trials: float
    naive_at_stop: float
    naive_always: float


def fixed(p: float, trials: int) -> Fixed:
    """The row of a proportion and a number of trials."""
    events = np.arange(trials + 1)
    chances = stats.binom.pmf(events, trials, p)
    found = {}
    for method in (IntervalMethod.CLOPPER_PEARSON, IntervalMethod.WILSON):
        low, high = interval(events, trials, method)
        found[method] = (held(low, high, p), high - low)
    drawn = generator(p, trials).binomial(trials, p, REPEATS)
    (exact, width), (wilson, wilson_width) = found.values()
    return Fixed(
        p,
        trials,
        float(exact[drawn].mean()),
        float(chances @ exact),
        float(chances @ width),
        float(chances @ wilson),
        float(chances @ wilson_width),
    )


def held(low: NDArray[np.float64], high: NDArray[np.float64], p: float) -> Held:
    return (low <= p) & (p <= high)


def generator(*of: float) -> np.random.Generator:
    """One stream for each row, from the seed and what the row is of."""
    words = [SEED, *(int(x * 10**6) for x in of)]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(words)))


def stopped(p: float, goal: float) -> Stopped:
    """The row of a proportion and a goal: outcomes have the shares p and 1 - p, as many as one stops for."""
    found = [_stop(p, goal, method) for method in (IntervalMethod.ANYTIME, IntervalMethod.CLOPPER_PEARSON)]
    (trials, at_stop, always, width), (naive_trials, naive_at_stop, naive_always, _) = found
    return Stopped(p, goal, trials, at_stop, always, width, naive_trials, naive_at_stop, naive_always)


def _stop(p: float, goal: float, method: IntervalMethod) -> tuple[float, float, float, float]:
    """Mean number of trials, coverage at the stop and at all looks up to it, mean width at the stop."""
    dice = generator(p, goal)
    events = np.zeros(STOPS, np.int64)
    running = np.ones(STOPS, bool)
    never_missed = np.ones(STOPS, bool)
    covers = np.zeros(STOPS, bool)
    trials, width = np.zeros(STOPS), np.zeros(STOPS)
    before = 0
    for number in looks(10**7):
        events += dice.binomial(number - before, p, STOPS)
        before = number
        low, high = _bounds(events, number, method)
        now = held(low, high, p)
        never_missed &= now | ~running
        stops = running & ((high - low) / 2 <= goal)
        covers[stops], trials[stops], width[stops] = now[stops], number, (high - low)[stops]
        running &= ~stops
        if not running.any():
            break
    return float(trials.mean()), float(covers.mean()), float(never_missed.mean()), float(width.mean())


def _bounds(
    events: Counts, trials: int, method: IntervalMethod
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each different count once."""
    distinct, place = np.unique(events, return_inverse=True)
    low, high = interval(distinct, trials, method)
    return low[place], high[place]


@dataclass(frozen=True)
class OverFrames:
    """Coverage and mean width over `FRAME_REPEATS` random campaigns, where frames differ: their shares are
    drawn from a beta distribution with this mean and correlation of two injections into a frame. ``unseen``:
    campaigns without any event, of which nothing is said; the others count. ``fixed``: coverage of
    Clopper-Pearson's interval, which takes the frames as they are.
    """

    p: float
    correlation: float
    frames: int
    trials: int
    unseen: float
    holds: float
    width: float
    fixed: float


def over_frames(p: float, correlation: float, frames: int, trials: int) -> OverFrames:
    """The row of a mean share, a correlation, and numbers of frames and injections."""
    dice = generator(p, correlation, frames, trials)
    struck = dice.multinomial(trials, np.full(frames, 1 / frames), FRAME_REPEATS)
    shares = np.full(struck.shape, p)
    if correlation:
        spread = 1 / correlation - 1
        shares = dice.beta(p * spread, (1 - p) * spread, struck.shape)
    events = dice.binomial(struck, shares)
    sums = events.sum(axis=1)
    bounds = np.array([korn_graubard(k, n) for k, n in zip(events, struck, strict=True)])
    seen = ~np.isnan(bounds[:, 0])
    low, high = bounds[seen].T
    fixed = held(*interval(sums, trials), p)
    return OverFrames(
        p,
        correlation,
        frames,
        trials,
        float(1 - seen.mean()),
        float(held(low, high, p).mean()),
        float((high - low).mean()),
        float(fixed.mean()),
    )


def frame_rows() -> Iterator[OverFrames]:
    """The rows of the third table."""
    for p in FRAME_SHARES:
        for correlation in CORRELATIONS:
            for frames, trials in FRAME_SIZES:
                yield over_frames(p, correlation, frames, trials)


def tables() -> Iterator[str]:
    """The lines of all tables, in Markdown."""
    yield "| p | n | simulated | exact | mean width | Wilson: exact | Wilson: mean width |"
    yield "|---|---|---|---|---|---|---|"
    for p in PROPORTIONS:
        for trials in SIZES:
            r = fixed(p, trials)
            yield (
                f"| {p:g} | {trials} | {r.simulated:.2%} | {r.exact:.2%} | {r.width:.5f} | "
                f"{r.wilson_exact:.2%} | {r.wilson_width:.5f} |"
            )
    yield ""
    yield (
        "| p | goal | anytime: mean n | holds at the stop | holds at every look | mean width | "
        "Clopper-Pearson instead: mean n | at the stop | at every look |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for p in PROPORTIONS:
        for goal in GOALS:
            s = stopped(p, goal)
            yield (
                f"| {p:g} | ±{goal:.0%} | {s.trials:.0f} | {s.at_stop:.2%} | {s.always:.2%} | "
                f"{s.width:.5f} | {s.naive_trials:.0f} | {s.naive_at_stop:.2%} | {s.naive_always:.2%} |"
            )
    yield ""
    yield from frame_table()


def frame_table() -> Iterator[str]:
    """The lines of the third table."""
    yield (
        "| p | correlation | frames | n | no event | holds, where said | mean width | "
        "Clopper-Pearson instead |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for f in frame_rows():
        yield (
            f"| {f.p:g} | {f.correlation:g} | {f.frames} | {f.trials} | {f.unseen:.1%} | {f.holds:.1%} | "
            f"{f.width:.4f} | {f.fixed:.1%} |"
        )


if __name__ == "__main__":
    for line in tables():
        sys.stdout.write(line + "\n")
