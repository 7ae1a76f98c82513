"""How often intervals of ratios hold the truth: ``python -m tests.analysis.ratio_coverage`` prints the table
of docs/statistics.md (a minute; the same numbers every time).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tests.analysis.coverage import generator

from sassafras.analysis.proportion import Proportion
from sassafras.analysis.ratios import ratio

REPEATS = 4_000
MIXED = (1 / 3, 1 / 3, 1 / 3)  #: modes, as injected
EXPOSURES = (2.06, 2.26, 2.32)  #: of a hardened program, by mode


@dataclass(frozen=True)
class Case:
    """Shares in the strata of both programs, injections into each stratum, and weights of the second."""

    first: tuple[float, ...]
    second: tuple[float, ...]
    each: int
    weights: tuple[float, ...]

    @property
    def plain(self) -> tuple[float, ...]:
        """Weights of the first program."""
        return MIXED if len(self.first) > 1 else (1.0,)

    @property
    def truth(self) -> float:
        """The ratio."""
        return float(np.dot(self.weights, self.second) / np.dot(self.plain, self.first))


CASES = (
    Case((0.15,), (0.15,), 1000, (1.0,)),
    Case((0.15,), (0.014,), 1000, (1.0,)),
    Case((0.02,), (0.002,), 1000, (1.0,)),
    Case((0.002,), (0.002,), 1000, (1.0,)),
    Case((0.4,), (0.3,), 200, (1.0,)),
    Case((0.11, 0.09, 0.27), (0.008, 0.015, 0.019), 1000, tuple(e / 3 for e in EXPOSURES)),
    Case((0.165, 0.76, 0.28), (0.093, 0.6, 0.185), 1000, tuple(e / 3 for e in EXPOSURES)),
    Case((0.003, 0.0, 0.016), (0.0, 0.0, 0.002), 1000, tuple(e / 3 for e in EXPOSURES)),
)


@dataclass(frozen=True)
class Row:
    """Share of simulated pairs whose interval holds the ratio; the interval most of them have; the median of
    high / low where both ends exist.
    """

    held: float
    interval: str
    width: float


def sampled(
    shares: tuple[float, ...], each: int, weights: tuple[float, ...], dice: np.random.Generator
) -> Proportion:
    """What a campaign might find; strata that weigh alike are counted together."""
    found = tuple(int(dice.binomial(each, p)) for p in shares)
    if np.ptp(weights) == 0:
        return Proportion((sum(found),), (each * len(found),), (float(sum(weights)),))
    return Proportion(found, (each,) * len(found), weights)


def simulated(number: int, repeats: int) -> Row:
    """The row of a case."""
    case, held, widths, names = CASES[number], 0, [], []
    for repeat in range(repeats):
        dice = generator(100 + number, repeat)
        first = sampled(case.first, case.each, case.plain, dice)
        found = ratio(first, sampled(case.second, case.each, case.weights, dice))
        held += found.low <= case.truth * (1 + 1e-12) and case.truth <= found.high * (1 + 1e-12)
        names.append(found.interval.value)
        if found.low > 0 and np.isfinite(found.high):
            widths.append(found.high / found.low)
    most = max(sorted(set(names)), key=names.count)
    return Row(held / repeats, most, float(np.median(widths)) if widths else float("nan"))


def table(repeats: int = REPEATS) -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield "| first | second | injections | weights of the second | ratio | interval | holds | high / low |"
    yield "|---|---|---|---|---|---|---|---|"
    for number, case in enumerate(CASES):
        row = simulated(number, repeats)
        yield (
            f"| {_listed(case.first)} | {_listed(case.second)} | {len(case.first)} × {case.each} | "
            f"{_listed(case.weights)} | {case.truth:.3f} | {row.interval} | {row.held:.2%} | "
            f"{row.width:.2f} |"
        )


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(line + "\n")
