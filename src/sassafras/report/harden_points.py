"""The planner for the terminal: the Pareto front, and the plans on it that have names."""

from __future__ import annotations

from rich.table import Table

from sassafras.hardening.picking import percent
from sassafras.hardening.planner import Scored
from sassafras.hardening.study import Study
from sassafras.kernels.cost import Overhead
from sassafras.report.harden_cells import band_text, protection_cell
from sassafras.report.harden_layout import WIDE, Layout, headed

HEADINGS = ("over-\nhead %", "weight-\ned %", "critical\n%", "DUE\n%", "de-\ntected %")
ROOM = 50  #: columns that numbers take
NARROW = 100  #: terminals with fewer columns get tables without space beside the lines


def overhead_text(found: Overhead) -> str:
    """An overhead with its band: "2.86 % (1.16–4.86)"."""
    return f"{found.value * 100:.2f} % ({band_text(found)})"


def front_table(study: Study, width: int = WIDE, most: int = 15) -> Table:
    """The Pareto front, thinned where it is long."""
    front = study.plans.front
    step = -(-len(front) // most)
    shown = [plan for k, plan in enumerate(front) if k % step == 0 or k == len(front) - 1]
    table = headed(
        f"Pareto front of {len(study.plans):,} plans",
        f"predicted; weighted: {study.plans.weights}; in percent of the unhardened program's faults, "
        f"exposure counted; below overheads the band of the model's constants; {len(shown)} of {len(front)} "
        "plans of the front shown",
        HEADINGS,
        _layout(width),
    )
    table.add_column("protection", overflow="fold")
    for plan in shown:
        table.add_row(*_numbers(study, plan), protection_cell(plan.protection, width - ROOM))
    return table


def points_table(study: Study, width: int = WIDE) -> Table:
    """The named points of the front, beside them the chosen plan and SHS."""
    table = headed(
        "Named plans",
        "target: the cheapest plan of the front that leaves at most so much critical; budget: the best of at "
        "most so much overhead; knee: the farthest below the line from the front's first plan to its last; "
        "percent as above",
        ["plan", *HEADINGS],
        _layout(width),
    )
    table.add_column("protection", overflow="fold")
    for name, plan in named_plans(study):
        table.add_row(name, *_numbers(study, plan), protection_cell(plan.protection, width - ROOM))
    return table


def _layout(width: int) -> Layout:
    return Layout.WIDE if width >= NARROW else Layout.TALL


def named_plans(study: Study) -> list[tuple[str, Scored]]:
    """The points of the front, SHS and the chosen plan, as far as they can be predicted."""
    found = [(point.key, point.plan) for point in study.points]
    shs = study.named.get("shs")
    for name, protection in (("SHS", shs), ("chosen", study.protection)):
        plan = None if protection is None else study.plans.find(protection)
        if plan is not None and (name == "SHS" or protection != shs):
            found.append((name, plan))
    return found


def _numbers(study: Study, plan: Scored) -> list[str]:
    overhead = study.costs.overhead(plan.protection)
    shares = (plan.failures, plan.critical, plan.due, plan.detected)
    return [f"{overhead.value * 100:.2f}\n{band_text(overhead)}", *(f"{s * 100:.2f}" for s in shares)]


def planner_lines(study: Study) -> list[str]:
    """The named points of the front in words, and who beats the chosen plan."""
    points = [f"{point.name}: {_said(study, point.plan)}" for point in study.points]
    lines = [f"weights of failures: {study.plans.weights}", *points]
    plan = study.plans.find(study.protection)
    better = None if plan is None else study.plans.better(plan)
    if plan is not None and better is not None:
        name = next((n.upper() for n, p in study.named.items() if p == study.protection), "the chosen plan")
        lines.append(f"{name} is dominated on its own front ({_costs(study, plan)}): {_said(study, better)}")
    return lines


def _said(study: Study, plan: Scored) -> str:
    how = f"--protect {plan.protection}" if plan.protection.chosen else "no protection"
    return f"{how} ({_costs(study, plan)})"


def _costs(study: Study, plan: Scored) -> str:
    overhead = overhead_text(study.costs.overhead(plan.protection))
    return (
        f"overhead {overhead}, weighted failures {percent(plan.failures)}, critical {percent(plan.critical)}"
    )
