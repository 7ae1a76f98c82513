"""Plans of the front by what somebody wants of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sassafras.errors import UsageError
from sassafras.hardening.planner import RESOLUTION, Plans, Scored

BUDGET = 0.05  #: of the named point, where none is given
TARGET = 0.1  #: likewise: of the critical faults of the unhardened program


@dataclass(frozen=True)
class Point:
    """A plan of the front with a name: ``key`` for programs, ``name`` for people."""

    key: str
    name: str
    plan: Scored


def named_points(plans: Plans, budget: float | None = None, target: float | None = None) -> tuple[Point, ...]:
    """The cheapest plan that reaches a target, the best within a budget, and the knee: those that exist."""
    budget = BUDGET if budget is None else budget
    goal = TARGET * float(plans.critical[0]) if target is None else target
    within = [plan for plan in plans.front if _keeps(plan, budget)]
    reaching = [plan for plan in plans.front if plan.critical <= goal]
    found = [
        ("target", f"cheapest with at most {percent(goal)} critical", reaching[:1]),
        ("budget", f"best within an overhead of {percent(budget)}", within[-1:]),
        ("knee", "knee", [knee(plans.front)]),
    ]
    return tuple(Point(key, name, plan) for key, name, those in found for plan in those)


def knee(front: tuple[Scored, ...]) -> Scored:
    """The plan of the front that lies farthest below the straight line from its first to its last, both axes
    scaled to that line's ends: from there on a percent of overhead buys less than it does on average.
    """
    cost, harm = (np.array([getattr(p, name) for p in front]) for name in ("overhead", "failures"))
    width, height = max(np.ptp(cost), 1e-300), max(np.ptp(harm), 1e-300)
    below = 1 - (cost - cost[0]) / width - (harm - harm[-1]) / height
    return front[int(below.argmax())]


def pick(plans: Plans, budget: float | None, target: float | None) -> Scored:
    """The plan of the front with the fewest weighted failures within ``budget`` (an overhead), or the
    cheapest that leaves at most ``target`` critical; with both, the cheapest that keeps both.

    Raises UsageError where no plan does, naming the nearest that can.
    """
    affordable = [p for p in plans.front if budget is None or _keeps(p, budget)]
    if not affordable:
        raise UsageError(
            f"no plan keeps an overhead of {percent(budget)}; the cheapest: {said(plans.front[0])}"
        )
    if target is None:
        return affordable[-1]
    reached = [p for p in affordable if p.critical <= target]
    if reached:
        return reached[0]
    within = "" if budget is None else f" within an overhead of {percent(budget)}"
    nearest = min(affordable, key=lambda p: p.critical)
    raise UsageError(
        f"no plan is predicted to leave {percent(target)} or less{within}; "
        f"the nearest that can be had: {said(nearest)}"
    )


def _keeps(plan: Scored, budget: float) -> bool:
    """Whether a plan keeps a budget, to what overheads are told apart."""
    return plan.overhead <= budget + RESOLUTION / 2


def said(plan: Scored) -> str:
    """A plan in words."""
    return (
        f"--protect {plan.protection} ({percent(plan.critical)} left, overhead {percent(plan.overhead)})"
        if plan.protection.chosen
        else f"no protection ({percent(plan.critical)} left)"
    )


def percent(share: float | None) -> str:
    """A share for people, with two digits that matter."""
    return "any" if share is None else f"{share * 100:.3g} %"
