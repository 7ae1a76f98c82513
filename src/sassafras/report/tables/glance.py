"""The kernels at a glance: how often each was struck, what came of it, how long it runs, and what protecting
it has done where that was tried.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sassafras.analysis.events import Event
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.hardening.ranking import rank
from sassafras.report.cells import Cell, Count, Missing, Overhead, Percent, sampled
from sassafras.report.numbers import NONE_SEEN, NOT_STRUCK
from sassafras.report.page.hardened import Hardening, chosen_column
from sassafras.report.page.material import Material
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.registry import PAGE


@PAGE.at(10)
def glance(material: Material) -> list[Table]:
    """A row per kernel of the inference, in the order of critical faults; struck or not."""
    results, hardening = material.results, material.hardening
    shares = _shares(results)
    total = sum(one.seconds for one in material.usage)
    seconds = {one.kernel: one.seconds for one in material.usage}
    others = [kernel for kernel in seconds if kernel not in shares]
    after = {} if hardening is None else _after(hardening)
    rows = [
        [
            kernel,
            *shares.get(kernel, _not_struck()),
            Percent(seconds[kernel] / total) if kernel in seconds and total else None,
            *([] if hardening is None else after.get(kernel, [None, None, None])),
        ]
        for kernel in (*shares, *others)
    ]
    whole = (
        "of all injections, modes in equal parts"
        if results.sampling.is_plain
        else "of the faults as estimated, the mean over the modes"
    )
    caption = (
        f"critical, Malfunction: percent {whole}; of the critical: the kernel's part of them; {NONE_SEEN}; "
        "time: modelled share of an inference"
    )
    heads = ["kernel", "struck", "critical", "of the critical", "Malfunction", "time"]
    if hardening is not None:
        heads += ["hardened", "critical then", "own time"]
        caption += "; critical then: of the hardened program's own injections; own time: added, modelled"
    return [made("glance", "Kernels at a glance", caption, heads, [rows], is_sorted=True)]


def _not_struck() -> list[Given]:
    return [Missing(reason=NOT_STRUCK), None, None, None]


def _shares(results: Results) -> dict[str, list[Given]]:
    """Of each struck kernel: injections, critical, its part of the critical, Malfunction."""
    struck = results.injections["kernel"].value_counts().to_dict()
    if not results.sampling.is_plain:
        return _estimated(results, struck)
    found = rank(results.injections, results.kernels, results.modes, results.critical)
    total = sum(one.critical.n for one in found)
    return {
        one.kernel: _not_struck()
        if not struck.get(one.kernel)
        else [
            Count(int(struck[one.kernel])),
            sampled(one.critical),
            Percent(one.critical.n / total) if total else None,
            sampled(one.malfunction),
        ]
        for one in found
    }


def _estimated(results: Results, struck: Mapping[Hashable, int]) -> dict[str, list[Given]]:
    """Means over the modes, without intervals: those of each mode stand in the tables of CKV."""
    sums = results.sums()
    sums = sums[(sums["part"] == "kernel") & (sums["event"] == Event.CRITICAL.value)]
    critical = sums.groupby("name", sort=False)["share"].mean()
    tables = pd.concat([results.ckv(mode) for mode in results.modes])
    wrong = tables[tables["outcome"] == OutcomeClass.MALFUNCTION.value].groupby("kernel")["share"].mean()
    ordered = critical.sort_values(ascending=False, kind="stable")
    return {
        kernel: _not_struck()
        if not struck.get(kernel)
        else [
            Count(int(struck[kernel])),
            Percent(float(share)),
            Percent(float(share / critical.sum())) if critical.sum() else None,
            Percent(float(wrong[kernel])),
        ]
        for kernel, share in zip(map(str, ordered.index), ordered, strict=True)
    }


def _after(hardening: Hardening) -> dict[str, list[Given]]:
    """Of each kernel: technique, critical faults in the hardened program, its added time."""
    before = hardening.before
    found = rank(hardening.fresh, before.kernels, before.modes, hardening.critical)
    chosen = dict(hardening.protection.chosen)
    plain = hardening.numbers["table2"]["columns"]["unhardened"]["kernels"]
    own = chosen_column(hardening)["kernels"]
    return {
        one.kernel: [
            chosen[one.kernel].value if one.kernel in chosen else "no",
            sampled(one.critical),
            _added(plain.get(one.kernel), own.get(one.kernel)),
        ]
        for one in found
    }


def _added(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Cell | None:
    if before is None or after is None:
        return None
    return Overhead(after["seconds"] / before["seconds"] - 1)
