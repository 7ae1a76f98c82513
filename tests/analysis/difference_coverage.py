"""How often intervals of differences hold the truth where a campaign was sampled in strata or stopped by
itself: ``python -m tests.analysis.difference_coverage`` prints the table of docs/statistics.md (a minute or
two; the same numbers every time).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tests.analysis.coverage import generator

from sassafras.analysis.estimated_differences import estimated
from sassafras.analysis.intervals import IntervalMethod, interval
from sassafras.analysis.proportion import Proportion
from sassafras.campaign.design.lanes import looks

WEIGHTS = (0.6, 0.3, 0.1)
REPEATS = 2_000


@dataclass(frozen=True)
class Way:
    """How a campaign is sampled: ``each`` injections into each of three strata, or as many into the whole;
    ``goal``: instead of that, until the share is known so well.
    """

    strata: bool
    each: int = 0
    goal: float = 0.0

    def __str__(self) -> str:
        if self.goal:
            return f"until ±{self.goal:.0%}"
        return f"3 strata × {self.each}" if self.strata else f"{self.each} uniform"


#: (Shares in the strata of the first campaign, of the second, how the first is sampled, the second).
CASES: tuple[tuple[tuple[float, ...], tuple[float, ...], Way, Way], ...] = (
    ((0.1, 0.3, 0.5), (0.1, 0.3, 0.5), Way(True, 100), Way(True, 100)),
    ((0.1, 0.3, 0.5), (0.4, 0.3, 0.1), Way(True, 100), Way(True, 300)),
    ((0.0, 0.02, 0.3), (0.0, 0.02, 0.3), Way(True, 100), Way(False, 300)),
    ((0.0, 0.0, 0.0), (0.01, 0.0, 0.0), Way(True, 100), Way(False, 1000)),
    ((0.2, 0.2, 0.2), (0.2, 0.2, 0.2), Way(False, goal=0.05), Way(False, goal=0.05)),
    ((0.1, 0.1, 0.1), (0.3, 0.3, 0.3), Way(False, goal=0.05), Way(False, 500)),
    ((0.01, 0.01, 0.01), (0.0, 0.0, 0.3), Way(False, goal=0.05), Way(True, 100)),
)


@dataclass(frozen=True)
class Row:
    """Shares of simulated pairs of campaigns whose interval holds the difference, and whose p-value is below
    0.05, 0.005 and 0.0005; and the mean width.
    """

    difference: float
    held: float
    significant: tuple[float, float, float]
    width: float


def whole(shares: Sequence[float]) -> float:
    return float(np.dot(WEIGHTS, shares))


def sampled(way: Way, shares: Sequence[float], dice: np.random.Generator) -> Proportion:
    """What a campaign might find."""
    if way.strata:
        found = tuple(int(dice.binomial(way.each, p)) for p in shares)
        return Proportion(found, (way.each,) * len(found), WEIGHTS)
    if not way.goal:
        return Proportion((int(dice.binomial(way.each, whole(shares))),), (way.each,), (1.0,))
    events, before = 0, 0
    for number in looks(10**7):
        events, before = events + int(dice.binomial(number - before, whole(shares))), number
        low, high = interval(events, number, IntervalMethod.ANYTIME)
        if float(high - low) / 2 <= way.goal:
            break
    return Proportion((events,), (before,), (1.0,), anytime=True)


def simulated(number: int, repeats: int) -> Row:
    """The row of a case."""
    first, second, one, two = CASES[number]
    truth = whole(second) - whole(first)
    held, widths, small = 0, [], np.zeros(3)
    for repeat in range(repeats):
        dice = generator(number, repeat)
        found = estimated(sampled(one, first, dice), sampled(two, second, dice))
        held += found.low - 1e-12 <= truth <= found.high + 1e-12
        widths.append(found.high - found.low)
        small += found.p_value < np.array([0.05, 0.005, 0.0005])
    rates = [float(rate) for rate in small / repeats]
    return Row(truth, held / repeats, (rates[0], rates[1], rates[2]), float(np.mean(widths)))


def table(repeats: int = REPEATS) -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield "| first | its share | second | difference | interval | holds | mean width | p below 0.05 |"
    yield "|---|---|---|---|---|---|---|---|"
    for number, (first, _, one, two) in enumerate(CASES):
        r = simulated(number, repeats)
        kind = "union bound" if one.goal or two.goal else "MOVER"
        yield (
            f"| {one} | {whole(first):.3g} | {two} | {r.difference:+.3f} | {kind} | {r.held:.2%} | "
            f"{r.width:.4f} | {r.significant[0]:.2%} |"
        )


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(line + "\n")
