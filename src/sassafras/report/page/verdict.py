"""The verdict: one paragraph, and the numbers above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.events import Event
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import Ranked, rank
from sassafras.report.cells import Share, sampled, share_of, stored_share
from sassafras.report.figures.vulnerability import Row, table_rows
from sassafras.report.numbers import percent
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.material import Material
from sassafras.report.page.wording import MODE_NAMES, listed
from sassafras.report.struck_words import part_words, strike_all
from sassafras.report.tables.harden import overhead


@dataclass(frozen=True)
class Tile:
    """A mode at a glance: shares of its injections."""

    mode: Mode
    name: str
    trials: int
    critical: Share
    malfunction: Share
    invalid: Share
    paper: Share
    due: Share
    masked: Share


OUTCOMES = {
    "malfunction": OutcomeClass.MALFUNCTION,
    "invalid": OutcomeClass.INVALID_OUTPUT,
    "due": OutcomeClass.DUE,
    "masked": OutcomeClass.MASKED,
}


def tiles(results: Results) -> list[Tile]:
    """One per mode, from the outcomes and their sums. Critical: as ``results.critical`` says."""
    outcomes, sums = table_rows(results.outcomes(), "mode"), results.sums()
    sums = sums[sums["part"] == "mode"]
    return [
        _tile(results, mode, outcomes[mode.value], sums[sums["mode"] == mode.value]) for mode in results.modes
    ]


def _tile(results: Results, mode: Mode, outcomes: Mapping[str, Row], sums: pd.DataFrame) -> Tile:
    by_event = {str(row["event"]): share_of(row) for row in sums.to_dict("records")}
    return Tile(
        mode,
        MODE_NAMES[mode],
        results.injected(mode),
        critical=by_event[Event.CRITICAL],
        paper=by_event[Event.PAPER_MALFUNCTION],
        **{name: share_of(outcomes[outcome.value]) for name, outcome in OUTCOMES.items()},
    )


def verdict(material: Material) -> str:
    """The paragraph."""
    results = material.results
    sentences = [*_campaign(material), *_ranking(results)]
    if material.hardening is not None:
        sentences += _hardening(material.hardening)
    return " ".join(sentences)


def _campaign(material: Material) -> list[str]:
    results = material.results
    if not len(results.injections):
        return ["No fault was injected."]
    found = tiles(results)
    critical = listed([f"{tile.critical.alone} of the {tile.mode.value} faults" for tile in found])
    worse = listed([f"{tile.malfunction.alone} ({tile.mode.value})" for tile in found])
    invalid = listed([f"{tile.invalid.alone} ({tile.mode.value})" for tile in found])
    dues = listed([f"{tile.due.alone} ({tile.mode.value})" for tile in found])
    return [
        (
            f"{len(results.injections):,} faults were injected into {', '.join(results.kernels)} of "
            f"{results.network} on {results.arch}."
        ),
        *_part(material),
        f"An output value changed silently{_by(results)} after {critical}.",
        (
            f"The most probable class became another one (Malfunction) after {worse}; the output held NaN or "
            f"infinity, which one comparison can tell (Invalid-Output), after {invalid}."
        ),
        f"The program crashed or hung (DUE) after {dues}.",
    ]


def _part(material: Material) -> list[str]:
    """What part of an inference the numbers are about."""
    struck = material.results.struck
    if struck is None:
        return ["What part of an inference that is, is not known."]
    if struck.is_whole:
        return ["That is every kernel of an inference."]
    return [
        (
            f"That is {part_words(struck)}; what is said here holds for these kernels, not for the network "
            f"(not struck: {', '.join(struck.others)}; strike everything with: "
            f"{strike_all(material.everything)})."
        )
    ]


def _by(results: Results) -> str:
    """How much it must have changed to count."""
    tolerance = results.critical.tolerance
    if results.critical.is_plain:
        return " (however little: tolerance 0)"
    return f" (by at least {tolerance:g}, or to a wrong class or an invalid output: tolerance {tolerance:g})"


def _ranking(results: Results) -> list[str]:
    if not len(results.injections):
        return []
    if not results.sampling.is_plain:
        return _estimated_ranking(results)
    first = rank(results.injections, results.kernels, results.modes, results.critical)[0]
    if not first.critical.n:
        return []
    most = sampled(first.critical).said
    return [
        (
            f"Of the struck kernels, {first.kernel} holds the most critical faults: {most} "
            f"of all injections, modes and fault models mixed in equal parts{_ties(first)}."
        )
    ]


def _estimated_ranking(results: Results) -> list[str]:
    """By CKV as estimated, the mean over the modes."""
    sums = results.sums()
    bad = sums[(sums["part"] == "kernel") & (sums["event"] == Event.CRITICAL)]
    shares = bad.groupby("name", sort=False)["share"].sum() / len(results.modes)
    if not shares.max() > 0:
        return []
    most = f"about {percent(float(shares.max()))} % of all faults, as estimated"
    return [f"Of the struck kernels, {shares.idxmax()} holds the most critical faults: {most}."]


def _ties(ranked: Ranked) -> str:
    return f" (the intervals do not tell it from {listed(list(ranked.tied))})" if ranked.tied else ""


def _protected(hardening: Hardening) -> str:
    return listed([f"{technique.value} in {kernel}" for kernel, technique in hardening.protection.chosen])


def _hardening(hardening: Hardening) -> list[str]:
    numbers = hardening.numbers
    before, after = (stored_share(numbers[when]["all"]["critical"]).said for when in ("before", "fresh"))
    columns = numbers["table2"]["columns"]
    others = [
        f"{overhead(columns[name]).text} for {name.upper()} of every kernel"
        for name in ("dmr", "tmr")
        if name in columns and columns[name]["protection"] != numbers["protection"]
    ]
    found = [
        f"With {_protected(hardening)}, injected again:",
        *(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in numbers["benefit"]),
    ]
    if others:
        found.append(f"For comparison, of the whole network's modelled time: {listed(others)}.")
    found.append(
        f"By shares, which leave out that a longer program is hit more often, {after} of the "
        f"injections were critical instead of {before} (modes and fault models mixed in equal parts)."
    )
    if numbers["verdict"] is not None:
        judged = numbers["verdict"]
        found.append(f"Target of {judged['target'] * 100:.3g} % critical injections: {judged['verdict']}.")
    return found
