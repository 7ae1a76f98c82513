"""Axes of shares."""

from __future__ import annotations

import math

from sassafras.report.figures.value import Axis, Tick


def share_ticks(top: float, most: int = 5) -> list[float]:
    """Round shares from 0 to ``top``: at most ``most`` steps of 1, 2 or 5 times a power of ten."""
    exact = top / most
    power = 10.0 ** math.floor(math.log10(exact))
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= exact * (1 - 1e-9))
    return [round(step * k, 12) for k in range(int(top / step + 1e-9) + 1)]


def percent_tick(share: float) -> str:
    """A round share as an axis says it."""
    return f"{share * 100:.6g} %".replace("-", "−")


def share_axis(top: float, label: str, most: int = 5) -> Axis:
    """From 0 to ``top``."""
    ticks = tuple(Tick(at, percent_tick(at)) for at in share_ticks(top, most))
    return Axis(0.0, top, ticks, label)


def both_ways(most: float, label: str) -> Axis:
    """Differences of shares, from ``-most`` to ``most``."""
    steps = share_ticks(most, 3)[1:]
    ticks = tuple(Tick(at, f"{at * 100:+.6g}".replace("-", "−") if at else "0") for at in
                  [*(-s for s in reversed(steps)), 0.0, *steps])  # fmt: skip
    return Axis(-most, most, ticks, label)


def lines_axis(lines: float) -> Axis:
    """Of rows: lines of text from the top."""
    return Axis(lines, 0.0, grid=False)


def rounded_up(share: float) -> float:
    """To the next 5 %."""
    return min(1.0, math.ceil(share * 20 - 1e-9) / 20) or 0.05
