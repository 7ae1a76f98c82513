"""The answer, before anything else: what the faults did, in words that need no explanation, which kernel
matters, what protection buys, and whether the conditions of the run hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sassafras.analysis.conditions import Judged
from sassafras.analysis.outcomes import OutcomeClass, outcome_class
from sassafras.analysis.results import Results
from sassafras.errors import typed
from sassafras.hardening.ranking import rank
from sassafras.report.harden_lines import mixed_failures, mixture_words
from sassafras.report.numbers import significant
from sassafras.report.page.hardened import Hardening, chosen_column
from sassafras.report.page.material import Material
from sassafras.report.page.verdict import Tile, tiles
from sassafras.report.page.wording import Point, listed
from sassafras.report.struck_words import missing_words, part_words, strike_all
from sassafras.report.tables.failures import label, ratio_of
from sassafras.report.tables.harden import overhead
from sassafras.report.worst_kernel import Worst, worst_kernels


@dataclass(frozen=True)
class Answer:
    """``lead``: how often the network was wrong. ``points``: what else must be known to use that."""

    lead: str
    points: tuple[Point, ...]
    conditions: tuple[Judged, ...] = ()


_TOLD = (
    OutcomeClass.MALFUNCTION,
    OutcomeClass.INVALID_OUTPUT,
    OutcomeClass.LIGHT_MALFUNCTION,
    OutcomeClass.DUE,
)


def answer(material: Material) -> Answer:
    """The first screen."""
    results = material.results
    points = [Point("What was struck", _struck(material))]
    if len(results.injections):
        points.append(Point("The kernel that matters", _worst(results)))
    points.append(Point("What protection buys", _protection(material)))
    return Answer(_lead(results), tuple(points), material.conditions)


def _lead(results: Results) -> str:
    if not len(results.injections):
        return "No fault was injected."
    faults = f"{len(results.injections):,} faults in {len(results.kernels)} " + (
        "kernel" if len(results.kernels) == 1 else "kernels"
    )
    if not results.sampling.is_plain:
        return _estimated(faults, tiles(results))
    counts = outcome_class(results.injections).value_counts()
    wrong, invalid, changed, stopped = (int(counts.get(outcome.value, 0)) for outcome in _TOLD)
    return (
        f"Of {faults} of {results.network}, {wrong:,} changed its answer and nothing told; {invalid:,} "
        f"turned it into NaN or infinity, which one comparison can tell; {changed:,} changed values of the "
        f"output{_by_how_much(results)} and left the answer; {stopped:,} crashed or hung it. The others "
        "changed nothing that comes out."
    )


def _by_how_much(results: Results) -> str:
    rows = results.injections
    light = rows[outcome_class(rows) == OutcomeClass.LIGHT_MALFUNCTION.value]["largest_change"]
    largest = float(light.max()) if len(light) else math.nan
    return "" if math.isnan(largest) else f" (by up to {significant(largest)})"


def _estimated(faults: str, found: Sequence[Tile]) -> str:
    """Shares by mode: counts of a sample that was chosen otherwise than at random say nothing alone."""
    wrong, invalid = (
        listed([f"{getattr(tile, name).alone} ({tile.mode.value})" for tile in found])
        for name in ("malfunction", "invalid")
    )
    return (
        f"As estimated from {faults}: another class, and nothing told, after {wrong}; NaN or infinity, which "
        f"one comparison can tell, after {invalid}."
    )


def _struck(material: Material) -> str:
    results, struck = material.results, material.results.struck
    kernels = ", ".join(results.kernels)
    if struck is None:
        return f"{kernels}. What part of an inference that is, is not known."
    if struck.is_whole:
        return f"{kernels}: every kernel of an inference."
    return (
        f"{kernels}: {part_words(struck)}. All that is said here is of these kernels, not of the network. "
        f"Not struck: {missing_words(struck)}; strike everything with: {strike_all(material.everything)}"
    )


def _worst(results: Results) -> str:
    """Kernels with the modes that they are worst in, the ties of the ranking behind them."""
    found = [one for one in worst_kernels(results) if one.kernel is not None]
    if not found:
        return f"No fault was critical ({results.critical.words})."
    told = [f"{kernel}: {_parts(list(own))}" for kernel, own in groupby(found, key=lambda one: one.kernel)]
    return f"{'; '.join(told)}.{_ties(results)}"


def _parts(own: Sequence[Worst]) -> str:
    return listed([f"{one.text} of the critical {one.mode.value} faults" for one in own])


def _ties(results: Results) -> str:
    if not results.sampling.is_plain:
        return ""
    first = rank(results.injections, results.kernels, results.modes, results.critical)[0]
    if not first.critical.n or not first.tied:
        return ""
    return f" Over all modes the intervals do not tell {first.kernel} from {listed(list(first.tied))}."


def _protection(material: Material) -> str:
    if material.hardening is None:
        return f"Not studied yet: {typed('harden', material.folder)}"
    return _hardened(material.hardening)


def _hardened(hardening: Hardening) -> str:
    """Benefit and cost on one base: the struck kernels, or the whole network where all were struck."""
    found = mixed_failures(hardening.numbers["failures"])
    chosen = listed(
        [f"{technique.value.upper()} in {kernel}" for kernel, technique in hardening.protection.chosen]
    )
    if not found:
        return f"{chosen}: how often it fails is not known (the store does not say how often it is hit)."
    told = ", ".join(f"{label(one['failure'])} {ratio_of(one).text}" for one in found)
    before, after = (hardening.numbers[when]["all"]["critical"] for when in ("before", "fresh"))
    return (
        f"{chosen}, injected again. Failures of {_base(hardening)}, times the "
        f"unhardened ones: {told}. {_cost(hardening)} Critical injections: {before['n']:,} of "
        f"{before['of']:,} before, {after['n']:,} of {after['of']:,} after. ({_small_print(found[0])})"
    )


def _base(hardening: Hardening) -> str:
    struck = hardening.results.struck
    return "the whole network" if struck is not None and struck.is_whole else "the struck kernels"


def _cost(hardening: Hardening) -> str:
    """On the same base first."""
    own = chosen_column(hardening)
    whole = f"{overhead(own).text} of the whole network's modelled time"
    if _base(hardening) == "the whole network":
        return f"Cost: {whole}."
    return f"Cost: {overhead(own, 'overhead_of_injected_kernels').text} of their modelled time, {whole}."


def _small_print(one: Mapping[str, Any]) -> str:
    return (
        f"{mixture_words(one)}; failures by the hardened program's own exposure, with 95 % intervals; "
        'where none was seen, "below" is the end of the interval; of the time, the band of the model'
    )
