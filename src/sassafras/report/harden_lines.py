"""What a study of hardening found, in words: what was gained and what it cost, each on its base (the struck
kernels, or the whole network), the plans, the target, what a protection changes without any fault, what doing
parts twice would give, and what was refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sassafras.analysis.events import Event
from sassafras.analysis.exposure import ALL
from sassafras.analysis.struck import Struck
from sassafras.hardening.bounds import Calibration, Origin
from sassafras.hardening.fault_free import FaultFree
from sassafras.hardening.picking import percent
from sassafras.hardening.plan import protect
from sassafras.hardening.planner import Scored
from sassafras.hardening.selected import critical_parts, predicted
from sassafras.hardening.study import Study
from sassafras.kernels.cost import Overhead
from sassafras.kernels.hardened.selective import TWICE
from sassafras.report.cells import sampled
from sassafras.report.numbers import added, band_text, with_unit
from sassafras.report.struck_words import missing_words, part_words
from sassafras.report.tables.failures import Stored, failure_rows, label, ratio_of, shown_failures


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


def benefit_lines(study: Study) -> list[str]:
    """Failures of the struck kernels, what that says of the whole network, and the cost on both bases."""
    found = mixed_failures(failure_rows(study.failures))
    if not found or study.struck is None:
        return ["failures by exposure: not known (the store does not say how often the programs are hit)"]
    whole = study.struck.is_whole
    base = "the whole network" if whole else "the struck kernels"
    told = "; ".join(f"{label(one['failure'])} {ratio_of(one).text}" for one in found)
    lines = [
        (
            f"failures of {base}, hardened / unhardened, with the hardened program's own exposure "
            f"({mixture_words(found[0])}): {told}"
        ),
        f"Critical: {study.critical.words}",
        network_line(found, study.struck),
    ]
    injected = list(study.campaign.settings.kernels)
    of_struck = study.costs.overhead(study.protection, [k for k in study.costs.kernels if k in injected])
    of_all = overhead_text(study.costs.overhead(study.protection))
    if whole:
        return [*lines, f"cost: {of_all} of the whole network's modelled time, in brackets the model's band"]
    return [
        *lines,
        (
            f"cost: {overhead_text(of_struck)} of the struck kernels' modelled time, which are "
            f"{part_words(study.struck)}; {of_all} of the whole network's; in brackets the model's band"
        ),
    ]


def mixed_failures(found: Iterable[Stored]) -> list[Stored]:
    """Of all modes together, or of the only one."""
    shown = shown_failures(found)
    return [one for one in shown if one["mode"] == ALL] or shown


def mixture_words(one: Stored) -> str:
    """What is put together: "modes mixed in equal parts, as injected"."""
    if one["mode"] == ALL:
        return "modes and fault models mixed in equal parts, as injected"
    if one["model"] == ALL:
        return f"mode {one['mode']}, fault models mixed in equal parts, as injected"
    return f"mode {one['mode']}, model {one['model']}"


def network_line(found: Iterable[Stored], struck: Struck) -> str:
    """The reduction for the whole network, or why it cannot be told."""
    if not struck.is_whole:
        return (
            "critical failures of the whole network: cannot be told from these kernels (not struck: "
            f"{missing_words(struck)})"
        )
    critical = next(one for one in found if one["failure"] == Event.CRITICAL.value)
    ratio = ratio_of(critical)
    if math.isnan(ratio.value):
        return "critical failures of the whole network: none was seen in the unhardened program"
    return (
        f"critical failures of the whole network: {ratio.text} times the unhardened ones, that is "
        f"{change_text(ratio.value)} (95 %: {change_text(ratio.high)} to {change_text(ratio.low)})"
    )


def overhead_text(found: Overhead) -> str:
    """An overhead with its band: "2.86 % (1.16–4.86)"."""
    return f"{added(found.value)} % ({band_text(found.low, found.high)})"


def change_text(ratio: float) -> str:
    """A ratio as a change: "83.4 % fewer", "37 % more"."""
    if math.isinf(ratio):
        return "any number more"
    return f"{abs(1 - ratio) * 100:.3g} % {'fewer' if ratio <= 1 else 'more'}"


def selective_lines(study: Study) -> list[str]:
    """One for each kernel that has selective techniques and critical faults."""
    rows, critical = study.before_rows, study.critical
    found = predicted(rows, critical)
    lines = []
    for kernel in dict.fromkeys(kernel for kernel, _ in found):
        parts = critical_parts(rows, kernel, critical)
        counted = ", ".join(f"{part.value} {number:,}" for part, number in parts.items())
        offered = [
            f"{technique.value} {percent(found[kernel, technique].share)} for "
            f"{overhead_text(study.costs.overhead(protect({kernel: technique})))}"
            for of, technique in TWICE
            if of == kernel and (kernel, technique) in study.costs.costs
        ]
        lines.append(
            f"critical faults in instructions of {kernel} (IOV, IOA) by part: {counted}; predicted to be "
            f"prevented by doing parts twice, and the overhead: {'; '.join(offered)}"
        )
    return lines


def fault_free_lines(study: Study) -> list[str]:
    """One line for protections that may change something; none for others."""
    if study.fault_free is None:
        return []
    return [said_of(study.fault_free, study.protection.calibration)]


def said_of(found: FaultFree, calibration: Calibration | None) -> str:
    """The line."""
    begin = f"without a fault, on {_counted(found.frames, 'frame')} of the campaign: "
    end = "" if calibration is None else f" ({_bounds(calibration)})"
    if not found.other_words:
        return begin + "every bit is that of the unhardened program" + end
    return (
        f"{begin}range holds {found.held} of {_counted(found.activations, 'activation')}, in "
        f"{_counted(found.held_frames, 'frame')}; {_counted(found.other_outputs, 'output')} other, by "
        f"{found.largest_change:.2g} at most, {found.other_answers} with another answer{end}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _bounds(calibration: Calibration) -> str:
    seen = ", which have been seen" if calibration.origin is Origin.IMAGES else ""
    return f"bounds from {_counted(calibration.frames, 'frame')}: {calibration.origin}{seen}"
