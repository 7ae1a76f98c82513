"""All plans there are, what each would leave and cost, and which of them nobody beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import UsageError
from sassafras.hardening.plan import Protection
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """One way to treat a kernel: its ``technique`` (None: left alone), the critical rate that it would
    leave of the kernel's (a share of all faults), and the seconds of an inference that it adds.
    """

    technique: Technique | None
    residual: float
    seconds: float


@dataclass(frozen=True)
class Scored:
    """A plan: predicted critical rate (share of the faults of the unhardened program that still are
    critical) and predicted overhead (added time / unhardened time).
    """

    protection: Protection
    residual: float
    overhead: float


@dataclass(frozen=True, eq=False)
class Plans:
    """Every plan. ``residual``, ``overhead``: float64 (plans,); plan 0 protects nothing."""

    kernels: tuple[str, ...]
    choices: tuple[tuple[Choice, ...], ...]
    residual: Numbers
    overhead: Numbers

    def plan(self, number: int) -> Scored:
        """Plan ``number``: its digits, in the mixed base of the numbers of choices, are the choices."""
        chosen: dict[str, Technique] = {}
        rest = number
        for kernel, ways in zip(reversed(self.kernels), reversed(self.choices), strict=True):
            rest, digit = divmod(rest, len(ways))
            technique = ways[digit].technique
            if technique is not None:
                chosen[kernel] = technique
        protection = Protection(tuple((k, chosen[k]) for k in KERNELS if k in chosen))
        return Scored(protection, float(self.residual[number]), float(self.overhead[number]))

    def find(self, protection: Protection) -> Scored | None:
        """The plan with this protection; None where it protects kernels that are not planned for."""
        number, wanted = 0, dict(protection.chosen)
        for kernel, ways in zip(self.kernels, self.choices, strict=True):
            technique = wanted.pop(kernel, None)
            digits = [k for k, way in enumerate(ways) if way.technique is technique]
            if not digits:
                return None
            number = number * len(ways) + digits[0]
        return None if wanted else self.plan(number)

    def front(self) -> tuple[Scored, ...]:
        """The Pareto front: plans such that none is at least as good in both and better in one. From the
        cheapest to the safest; of equal plans the first.
        """
        return tuple(self.plan(int(number)) for number in pareto(self.overhead, self.residual))


def enumerate_plans(choices: Mapping[str, Sequence[Choice]], seconds: float) -> Plans:
    """Every combination. ``choices``: for each kernel at least the choice to leave it alone, which comes
    first; ``seconds``: time of the unhardened inference. Kernels are independent: residuals and times add up.
    """
    residual, added = np.zeros(1), np.zeros(1)
    for ways in choices.values():
        residual = np.add.outer(residual, [way.residual for way in ways]).reshape(-1)
        added = np.add.outer(added, [way.seconds for way in ways]).reshape(-1)
    return Plans(tuple(choices), tuple(tuple(ways) for ways in choices.values()), residual, added / seconds)


def pareto(cost: Numbers, harm: Numbers) -> NDArray[np.int64]:
    """Positions of the points that no other beats, by rising cost (and so by falling harm)."""
    order = np.lexsort((np.arange(len(cost)), harm, cost))
    sorted_harm = harm[order]
    best_before = np.concatenate([[np.inf], np.minimum.accumulate(sorted_harm)[:-1]])
    return order[sorted_harm < best_before]


def pick(plans: Plans, budget: float | None, target: float | None) -> Scored:
    """The plan that leaves least within ``budget`` (an overhead), or the cheapest that leaves at most
    ``target`` (a rate); with both, the cheapest that keeps both. The front holds them all.

    Raises UsageError where no plan does, naming the nearest that can.
    """
    front = plans.front()
    affordable = [p for p in front if budget is None or p.overhead <= budget]
    if not affordable:
        raise UsageError(f"no plan keeps an overhead of {percent(budget)}; the cheapest: {said(front[0])}")
    if target is None:
        return affordable[-1]
    reached = [p for p in affordable if p.residual <= target]
    if reached:
        return reached[0]
    within = "" if budget is None else f" within an overhead of {percent(budget)}"
    raise UsageError(
        f"no plan is predicted to leave {percent(target)} or less{within}; "
        f"the nearest that can be had: {said(affordable[-1])}"
    )


def said(plan: Scored) -> str:
    """A plan in words."""
    return (
        f"--protect {plan.protection} ({percent(plan.residual)} left, overhead {percent(plan.overhead)})"
        if plan.protection.chosen
        else f"no protection ({percent(plan.residual)} left)"
    )


def percent(share: float | None) -> str:
    """A share for people, with two digits that matter."""
    return "any" if share is None else f"{share * 100:.3g} %"
