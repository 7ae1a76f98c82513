"""Kernels by critical faults, with what chance may have to do with their order."""

from __future__ import annotations

from sassafras.analysis.results import Results
from sassafras.hardening.ranking import Ranked, rank
from sassafras.report.cells import Missing, Text, sampled
from sassafras.report.numbers import NONE_SEEN, NOT_STRUCK
from sassafras.report.table import Table, made


def ranking(results: Results) -> list[Table]:
    """The kernels by CKV of what is critical, ties shown; none where there are no injections, or counts alone
    are no estimate.
    """
    sampling = results.sampling
    if sampling.stratify is not None or sampling.until is not None or not len(results.injections):
        return []
    critical, struck = results.critical, set(results.injections["kernel"])
    shares = ["critical", *(mode.value for mode in results.modes), "Malfunction", "Invalid-Output", "DUE"]
    rows = [
        _row(one)
        if one.kernel in struck
        else [one.kernel, None, Missing(NOT_STRUCK), *[None] * len(shares), ""]
        for one in rank(results.injections, results.kernels, results.modes, critical)
    ]
    caption = (
        f"critical: {critical.words}; percent of all {len(results.injections):,} injections (by mode: of the "
        f"mode's), 95 % Clopper-Pearson intervals; {NONE_SEEN}; tied: intervals overlap"
    )
    columns = ("kernel", "place", "n", *shares, "tied with")
    return [made("ranking", f"Kernels by critical faults{critical.suffix}", caption, columns, [rows])]


def _row(one: Ranked) -> list[object]:
    by_mode = (share for _, share in one.by_mode)
    return [
        one.kernel,
        str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}",
        one.critical.n,
        *map(sampled, (one.critical, *by_mode, one.malfunction, one.invalid, one.due)),
        Text(", ".join(one.tied) or "none"),
    ]
