"""What hardening gained and what it cost, in sentences that name their base: the struck kernels, or the whole
network.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from sassafras.analysis.events import Event
from sassafras.analysis.exposure import ALL
from sassafras.analysis.struck import Struck
from sassafras.hardening.study import Study
from sassafras.kernels.cost import Overhead
from sassafras.report.numbers import added, band_text
from sassafras.report.struck_words import missing_words, part_words
from sassafras.report.tables.failures import Stored, failure_rows, label, ratio_of, shown_failures


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
