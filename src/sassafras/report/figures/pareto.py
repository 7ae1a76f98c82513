"""Plans of protection: what each would cost and leave, the front of them, and the one that was put to the
test, as predicted and as measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sassafras.report.figures import value as v
from sassafras.report.figures.axes import percent_tick, share_ticks
from sassafras.report.figures.looks import Look
from sassafras.report.figures.registry import HARDENING
from sassafras.report.numbers import percent, share_text, with_unit
from sassafras.report.page.hardened import Hardening, chosen_column, plan_of
from sassafras.report.tables.harden import overhead

CELLS = 100  #: along each axis: plans in the same cell are drawn as one dot


@HARDENING.at(30)
def pareto(hardening: Hardening) -> list[v.Figure]:
    """Weighted failures against overhead."""
    planner, plans = hardening.numbers["planner"], hardening.plans
    measured, tested = planner["measured"], chosen_column(hardening)
    widest = max(float(plans.overhead.max()), tested["overhead"], 1e-6) * 1.04
    highest = max(float(plans.failures.max()), measured["high"], 1e-6) * 1.04
    front = [(plan["overhead"], plan["failures"]) for plan in hardening.numbers["pareto"]]
    named = {str(plan_of(p)): f"{p['name']}: " for p in reversed(planner["points"])}
    marks: list[v.Mark] = [
        v.Cloud(_cells(hardening, widest, highest)),
        v.Line(tuple(front), Look.INK, steps=True),
    ]
    marks += [_point(p, named.get(str(plan_of(p)), ""), 3.2) for p in hardening.numbers["pareto"]]
    if planner["chosen"] is not None:
        marks.append(_point(planner["chosen"], "chosen: ", 6.5, Look.HEAT))
    marks.append(_measured(hardening))
    marks += [_name(p, widest, highest) for p in planner["points"]]
    title = "Plans of protection"
    panel = v.Panel(
        _axis(widest, "overhead: modelled time of the whole model"),
        _axis(highest, f"weighted failures{hardening.critical.suffix}"),
        19.0,
        tuple(marks),
    )
    caption = f"{len(plans):,} plans; chosen: {hardening.protection}; weights of failures: {plans.weights}"
    note = (
        "Grey: all plans, predicted from measured and assumed coverages. Upright: in shares of the "
        "unhardened program's faults; a longer program is hit more often, which is counted."
    )
    alt = f"{title}: overhead against weighted failures; {'; '.join(_lines(planner['chosen'] or tested, ''))}"
    return [v.Figure("harden_pareto", title, caption, note, alt, ((panel,),), _LEGEND)]


_LEGEND = (
    v.Entry(Look.INK, "Pareto front", v.Sign.LINE),
    v.Entry(Look.HEAT, "chosen, predicted", v.Sign.POINT),
    v.Entry(Look.INK, "chosen, measured", v.Sign.POINT, v.Shape.CROSS),
)


def _axis(high: float, label: str) -> v.Axis:
    return v.Axis(0.0, high, tuple(v.Tick(at, percent_tick(at)) for at in share_ticks(high)), label)


def _cells(hardening: Hardening, widest: float, highest: float) -> tuple[tuple[float, float], ...]:
    """Where plans are, thinned to what can be told apart."""
    step_x, step_y = widest / CELLS, highest / CELLS
    places = zip(hardening.plans.overhead, hardening.plans.failures, strict=True)
    cells = {(round(float(x) / step_x), round(float(y) / step_y)) for x, y in places}
    return tuple((x * step_x, y * step_y) for x, y in sorted(cells))


def _point(plan: Mapping[str, Any], before: str, size: float, look: Look = Look.INK) -> v.Point:
    told = v.Told(tuple(_lines(plan, before)))
    return v.Point(plan["overhead"], plan["failures"], look, size=size, told=told)


def _lines(plan: Mapping[str, Any], before: str) -> list[str]:
    """``plan``: of ``harden.json``."""
    lines = [f"{before}{plan_of(plan)}"]
    if "failures" in plan:
        parts = ", ".join(
            f"{word} {percent(plan[key])} %"
            for word, key in (("critical", "critical"), ("DUE", "due"), ("detected", "detected"))
        )
        lines.append(f"weighted failures {percent(plan['failures'])} %: {parts} (predicted)")
    return [*lines, f"overhead {overhead(plan).text} (modelled)"]


def _measured(hardening: Hardening) -> v.Point:
    found, column = hardening.numbers["planner"]["measured"], chosen_column(hardening)
    text = with_unit(share_text(found["failures"], found["low"], found["high"]))
    told = v.Told(
        (
            f"measured: {hardening.protection}",
            f"weighted failures {text}",
            f"overhead {overhead(column).text} (modelled)",
        )
    )
    ends = (found["low"], found["high"])
    return v.Point(
        column["overhead"],
        found["failures"],
        Look.INK,
        ends,
        lying=False,
        shape=v.Shape.CROSS,
        size=6,
        told=told,
    )


def _name(point: Mapping[str, Any], widest: float, highest: float) -> v.Words:
    """Beside the point, a little above."""
    x, y = point["overhead"] + widest * 0.012, point["failures"] + highest * 0.03
    return v.Words(x, y, point["key"], Look.INK)
