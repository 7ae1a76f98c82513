"""Plans of protection: what each would cost and leave."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sassafras.hardening.planner import Scored
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.marks import WIDTH, Item, Tick, item, percent_tick, share_ticks
from sassafras.report.page.wording import said, stored_share
from sassafras.report.shares import percent

LEFT, RIGHT, TOP, BOTTOM = 44.0, 14.0, 12.0, 38.0
HEIGHT = 300.0
CELL = 4.0  #: plans nearer to each other than this are drawn as one dot


@dataclass(frozen=True)
class Dot:
    """A plan with coordinates."""

    x: float
    y: float
    item: Item


@dataclass(frozen=True)
class Measured:
    """The chosen plan as injected: its share and the ends of its interval."""

    x: float
    y: float
    low: float
    high: float
    item: Item


@dataclass(frozen=True)
class ParetoFigure:
    """All plans thinned, the front, the named plans and the measured point. ``steps``: points of the line."""

    plans: int
    cloud: tuple[tuple[float, float], ...]
    front: tuple[Dot, ...]
    steps: str
    chosen: Dot | None
    measured: Measured
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    bottom: float = HEIGHT - BOTTOM


@dataclass(frozen=True)
class _Axes:
    widest: float
    highest: float

    def x(self, overhead: float) -> float:
        return LEFT + overhead / self.widest * (WIDTH - LEFT - RIGHT)

    def y(self, critical: float) -> float:
        return HEIGHT - BOTTOM - critical / self.highest * (HEIGHT - TOP - BOTTOM)


def pareto_figure(hardening: Hardening) -> ParetoFigure:
    """The figure of ``harden_pareto.png``, to point at."""
    plans = hardening.plans
    observed = stored_share(hardening.numbers["fresh"]["all"]["critical"])
    overhead = chosen_overhead(hardening)
    axes = _Axes(
        max(float(plans.overhead.max()), overhead, 1e-6), max(float(plans.residual.max()), observed.high)
    )
    cells = {
        (round(axes.x(float(x)) / CELL), round(axes.y(float(y)) / CELL))
        for x, y in zip(plans.overhead, plans.residual, strict=True)
    }
    front = [_dot(plan, axes) for plan in plans.front()]
    chosen = plans.find(hardening.protection)
    told = item(
        [
            f"measured: {hardening.protection}",
            f"critical {said(observed)}: {observed.n:,} of {observed.trials:,} injections",
            f"overhead {signed_percent(overhead)} (modelled)",
        ]
    )
    return ParetoFigure(
        plans=len(plans.residual),
        cloud=tuple((x * CELL, y * CELL) for x, y in sorted(cells)),
        front=tuple(front),
        steps=_steps(front),
        chosen=None if chosen is None else _dot(chosen, axes, "chosen: "),
        measured=Measured(
            axes.x(overhead), axes.y(observed.value), axes.y(observed.low), axes.y(observed.high), told
        ),
        x_ticks=tuple(Tick(axes.x(s), percent_tick(s)) for s in share_ticks(axes.widest)),
        y_ticks=tuple(Tick(axes.y(s), percent_tick(s)) for s in share_ticks(axes.highest)),
    )


def chosen_overhead(hardening: Hardening) -> float:
    """Added modelled time / unhardened modelled time of the protection that was put to the test."""
    columns = hardening.numbers["table2"]["columns"].values()
    wanted = dict(hardening.numbers["protection"])
    found: float = next(column["overhead"] for column in columns if column["protection"] == wanted)
    return found


def signed_percent(share: float) -> str:
    """An overhead: "+3.50 %"."""
    return f"{share * 100:+.2f} %"


def _dot(plan: Scored, axes: _Axes, before: str = "") -> Dot:
    lines = [
        f"{before}{plan.protection}",
        f"critical {percent(plan.residual)} % (predicted)",
        f"overhead {signed_percent(plan.overhead)} (modelled)",
    ]
    return Dot(axes.x(plan.overhead), axes.y(plan.residual), item(lines))


def _steps(front: list[Dot]) -> str:
    """A staircase: to the right at the height of a plan, down at the next one."""
    points = [(front[0].x, front[0].y)]
    for dot in front[1:]:
        points += [(dot.x, points[-1][1]), (dot.x, dot.y)]
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "0"
