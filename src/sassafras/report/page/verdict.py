"""The verdict: one paragraph, and the numbers above it."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.analysis.results import Results
from sassafras.campaign.outcome import Outcome, Severity
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import Ranked, Share, rank
from sassafras.hardening.residual import by_mode
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.material import Material
from sassafras.report.page.pareto import chosen_overhead, signed_percent
from sassafras.report.page.wording import MODE_NAMES, listed, plainly, said, stored_share


@dataclass(frozen=True)
class Tile:
    """A mode at a glance: shares of its injections."""

    mode: Mode
    name: str
    trials: int
    critical: Share
    malfunction: Share
    due: Share
    masked: Share


def tiles(results: Results) -> list[Tile]:
    """One per mode. Critical: Malfunction or Light-Malfunction."""
    found = by_mode(results.injections, results.modes)
    return [
        Tile(
            mode,
            MODE_NAMES[mode],
            found[mode.value].injections,
            found[mode.value].critical,
            found[mode.value].ending(Severity.MALFUNCTION.value),
            found[mode.value].ending(Outcome.DUE.value),
            found[mode.value].ending(Outcome.MASKED.value),
        )
        for mode in results.modes
    ]


def verdict(material: Material) -> str:
    """The paragraph."""
    results = material.results
    sentences = [*_campaign(results), *_ranking(results)]
    if material.hardening is not None:
        sentences += _hardening(material.hardening)
    return " ".join(sentences)


def _campaign(results: Results) -> list[str]:
    if not len(results.injections):
        return ["No fault was injected."]
    found = tiles(results)
    critical = listed([f"{plainly(tile.critical)} of the {tile.mode.value} faults" for tile in found])
    worse = listed([f"{plainly(tile.malfunction)} ({tile.mode.value})" for tile in found])
    dues = listed([f"{plainly(tile.due)} ({tile.mode.value})" for tile in found])
    kernels = f"{len(results.kernels)} kernel{'s' * (len(results.kernels) != 1)}"
    where = f"{kernels} of {results.network} on {results.arch}"
    return [
        f"{len(results.injections):,} faults were injected into {where}.",
        f"The network's answer changed silently after {critical}.",
        f"It became a different class, or no number at all, after {worse}.",
        f"The program crashed or hung after {dues}.",
    ]


def _ranking(results: Results) -> list[str]:
    if not len(results.injections):
        return []
    first = rank(results.injections, results.kernels, results.modes)[0]
    if not first.critical.n:
        return []
    return [
        f"Most critical faults struck {first.kernel}: {said(first.critical)} of all injections{_ties(first)}."
    ]


def _ties(ranked: Ranked) -> str:
    return f" (the intervals do not tell it from {listed(list(ranked.tied))})" if ranked.tied else ""


def _protected(hardening: Hardening) -> str:
    return listed([f"{technique.value} in {kernel}" for kernel, technique in hardening.protection.chosen])


def _hardening(hardening: Hardening) -> list[str]:
    numbers = hardening.numbers
    before = stored_share(numbers["before"]["all"]["critical"])
    after = stored_share(numbers["fresh"]["all"]["critical"])
    columns = numbers["table2"]["columns"]
    others = [
        f"{signed_percent(columns[name]['overhead'])} for {name.upper()}"
        for name in ("dmr", "tmr")
        if name in columns and columns[name]["protection"] != numbers["protection"]
    ]
    instead = f", instead of {listed(others)} of the whole network" if others else ""
    exposure = numbers["exposure"]["ratio"]
    cost = f"{signed_percent(chosen_overhead(hardening))} of modelled time{instead}"
    left = f"{said(after)} of the faults are critical instead of {said(before)}"
    found = [f"With {_protected(hardening)}, injected again, {left}, for {cost}."]
    if exposure is not None:
        found.append(
            f"Since a longer program is hit more often, that is {exposure:.3g} times the former rate."
        )
    if numbers["verdict"] is not None:
        judged = numbers["verdict"]
        found.append(f"Target of {judged['target'] * 100:.3g} %: {judged['verdict']}.")
    return found
