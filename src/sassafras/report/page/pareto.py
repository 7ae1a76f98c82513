"""Plans of protection: what each would cost and leave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sassafras.hardening.plan import Protection, protect
from sassafras.kernels.cost import Overhead
from sassafras.kernels.hardened.technique import Technique
from sassafras.report.numbers import band_text, percent
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.marks import WIDTH, Item, Tick, item, percent_tick, share_ticks

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
    """The chosen plan as injected: its weighted failures and the ends of their interval."""

    x: float
    y: float
    low: float
    high: float
    item: Item


@dataclass(frozen=True)
class ParetoFigure:
    """All plans thinned, the front, the chosen plan and the measured point. ``weights``: of failures;
    ``steps``: points of the line.
    """

    plans: int
    weights: str
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

    def y(self, failures: float) -> float:
        return HEIGHT - BOTTOM - failures / self.highest * (HEIGHT - TOP - BOTTOM)


def pareto_figure(hardening: Hardening) -> ParetoFigure:
    """The figure of ``harden_pareto.png``, to point at."""
    plans, planner = hardening.plans, hardening.numbers["planner"]
    observed = planner["measured"]
    overhead = chosen_overhead(hardening)
    axes = _Axes(
        max(float(plans.overhead.max()), overhead, 1e-6),
        max(float(plans.failures.max()), observed["high"], 1e-6),
    )
    cells = {
        (round(axes.x(float(x)) / CELL), round(axes.y(float(y)) / CELL))
        for x, y in zip(plans.overhead, plans.failures, strict=True)
    }
    named = {str(_chosen_in(p)): f"{p['name']}: " for p in reversed(planner["points"])}
    front = [_dot(p, axes, named.get(str(_chosen_in(p)), "")) for p in hardening.numbers["pareto"]]
    chosen = planner["chosen"]
    told = item(
        [
            f"measured: {hardening.protection}",
            (
                f"weighted failures {percent(observed['failures'])} % "
                f"({percent(observed['low'])}–{percent(observed['high'])})"
            ),
            f"overhead {banded(chosen_column(hardening))} (modelled)",
        ]
    )
    return ParetoFigure(
        plans=len(plans),
        weights=str(plans.weights),
        cloud=tuple((x * CELL, y * CELL) for x, y in sorted(cells)),
        front=tuple(front),
        steps=_steps(front),
        chosen=None if chosen is None else _dot(chosen, axes, "chosen: "),
        measured=Measured(
            axes.x(overhead),
            axes.y(observed["failures"]),
            axes.y(observed["low"]),
            axes.y(observed["high"]),
            told,
        ),
        x_ticks=tuple(Tick(axes.x(s), percent_tick(s)) for s in share_ticks(axes.widest)),
        y_ticks=tuple(Tick(axes.y(s), percent_tick(s)) for s in share_ticks(axes.highest)),
    )


def chosen_overhead(hardening: Hardening) -> float:
    """Added modelled time / unhardened modelled time of the protection that was put to the test."""
    found: float = chosen_column(hardening)["overhead"]
    return found


def chosen_column(hardening: Hardening) -> Mapping[str, Any]:
    """The column of Table 2 of that protection."""
    columns = hardening.numbers["table2"]["columns"].values()
    wanted = dict(hardening.numbers["protection"])
    found: Mapping[str, Any] = next(column for column in columns if column["protection"] == wanted)
    return found


def banded(found: Mapping[str, Any], name: str = "overhead") -> str:
    """An overhead of ``harden.json`` with the band of the model's constants: "+2.86 % (1.16-4.86)"."""
    band = Overhead(found[name], found[f"{name}_low"], found[f"{name}_high"])
    return f"{signed_percent(band.value)} ({band_text(band.low, band.high)})"


def signed_percent(share: float) -> str:
    """An overhead: "+3.50 %"."""
    return f"{share * 100:+.2f} %"


def _chosen_in(plan: Mapping[str, Any]) -> Protection:
    return protect({slot: Technique(name) for slot, name in plan["protection"].items()})


def _dot(plan: Mapping[str, Any], axes: _Axes, before: str = "") -> Dot:
    """``plan``: of ``harden.json``."""
    lines = [
        f"{before}{_chosen_in(plan)}",
        (
            f"weighted failures {percent(plan['failures'])} %: critical {percent(plan['critical'])} %, "
            f"DUE {percent(plan['due'])} %, detected {percent(plan['detected'])} % (predicted)"
        ),
        f"overhead {banded(plan)} (modelled)",
    ]
    return Dot(axes.x(plan["overhead"]), axes.y(plan["failures"]), item(lines))


def _steps(front: list[Dot]) -> str:
    """A staircase: to the right at the height of a plan, down at the next one."""
    points = [(front[0].x, front[0].y)]
    for dot in front[1:]:
        points += [(dot.x, points[-1][1]), (dot.x, dot.y)]
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "0"
