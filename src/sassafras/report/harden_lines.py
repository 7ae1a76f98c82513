"""What a study of hardening found, in words: the plans, the target, what was refused."""

from __future__ import annotations

from sassafras.hardening.picking import percent
from sassafras.hardening.planner import Scored
from sassafras.hardening.study import Study
from sassafras.report.cells import sampled
from sassafras.report.harden_benefit import benefit_lines, overhead_text
from sassafras.report.harden_fault_free import fault_free_lines
from sassafras.report.harden_selective import selective_lines
from sassafras.report.numbers import with_unit


def closing_lines(study: Study) -> list[str]:
    """What was gained and what it cost, each on its base, and the verdict, in words."""
    lines = [*benefit_lines(study), *planner_lines(study), *selective_lines(study)]
    lines += fault_free_lines(study)
    lines += [
        f"not offered: {kernel}={technique}: {why}" for (kernel, technique), why in study.refused.items()
    ]
    judged = study.judgement
    if judged is not None:
        more = f"; about {judged.needed} injections would decide" if judged.needed else ""
        lines.append(
            f"target {judged.target * 100:.3g} % critical among the injections into the hardened program: "
            f"{judged.verdict.value} "
            f"(fresh campaign: {with_unit(sampled(judged.observed).text)}, n = {judged.observed.trials})"
            f"{more}"
        )
    return lines


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
