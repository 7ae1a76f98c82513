"""Kernels by critical faults, with what chance may have to do with their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.hardening.ranking import Ranked, Share, rank
from sassafras.report.cells import Missing, Text, stored_share
from sassafras.report.numbers import NONE_SEEN, NOT_STRUCK
from sassafras.report.table import Table, made
from sassafras.report.tables.harden import Numbers, criticality
from sassafras.report.tables.registry import CAMPAIGN, HARDEN

OVER_MODES = ("malfunction", "invalid_output", "due")  #: shares of all modes' injections


@CAMPAIGN.at(110)
def ranking(results: Results) -> list[Table]:
    """The kernels of a campaign; none where there are no injections, or counts alone are no estimate."""
    if not results.sampling.is_plain or not len(results.injections):
        return []
    return [ranking_of(results, rank(results.injections, results.kernels, results.modes, results.critical))]


def ranking_of(results: Results, found: Sequence[Ranked]) -> Table:
    """The kernels of a campaign as they have been ranked."""
    struck = set(results.injections["kernel"])
    return _table("ranking", list(map(ranked_content, found)), results.critical, struck)


@HARDEN.at(10)
def ranking_before(numbers: Numbers) -> list[Table]:
    """The kernels of a campaign as they were ranked when it was studied (``harden.json``)."""
    found = numbers["ranking"]
    return [_table("harden_ranking", found, criticality(numbers), {one["kernel"] for one in found})]


def _table(name: str, found: Sequence[Numbers], critical: Criticality, struck: set[str]) -> Table:
    """By CKV of what is critical, ties shown."""
    modes = list(found[0]["modes"])
    shares = ["critical", *modes, "Malfunction", "Invalid-Output", "DUE"]
    rows = [
        _row(one)
        if one["kernel"] in struck
        else [one["kernel"], None, Missing(reason=NOT_STRUCK), *[None] * len(shares), ""]
        for one in found
    ]
    caption = (
        f"critical: {critical.words}; percent of all {found[0]['critical']['of']:,} injections (by mode: of "
        f"the mode's), 95 % Clopper-Pearson intervals; {NONE_SEEN}; tied: intervals overlap"
    )
    title = f"Ranking by CKV of critical faults{critical.suffix}"
    return made(name, title, caption, ("kernel", "place", "n", *shares, "tied with"), [rows])


def _row(one: Mapping[str, Any]) -> list[object]:
    shares = (one["critical"], *one["modes"].values(), *(one[name] for name in OVER_MODES))
    place = "–".join(map(str, dict.fromkeys(one["places"])))
    tied = Text(", ".join(one["tied"]) or "none")
    return [one["kernel"], place, one["critical"]["n"], *map(stored_share, shares), tied]


def share_content(share: Share) -> dict[str, Any]:
    """A share, JSON types."""
    return {"n": share.n, "of": share.trials, "share": share.value, "low": share.low, "high": share.high}


def ranked_content(ranked: Ranked) -> dict[str, Any]:
    """A kernel of the ranking."""
    return {
        "kernel": ranked.kernel,
        "places": [ranked.best, ranked.worst],
        "tied": list(ranked.tied),
        "critical": share_content(ranked.critical),
        "malfunction": share_content(ranked.malfunction),
        "invalid_output": share_content(ranked.invalid),
        "due": share_content(ranked.due),
        "modes": {mode.value: share_content(share) for mode, share in ranked.by_mode},
    }
