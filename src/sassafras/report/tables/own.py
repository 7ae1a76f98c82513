"""Faults that the user chose, counted: no shares and no intervals, for they are no sample of a population."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sassafras.analysis.results import Results
from sassafras.campaign.design.from_store import CHOSEN
from sassafras.campaign.design.lanes import ENDINGS
from sassafras.faults.model import Mode, TargetKind
from sassafras.faults.own import COLUMNS, target_text
from sassafras.report.table import Table, made
from sassafras.report.tables.registry import OWN
from sassafras.simulation.outcome import Outcome

LISTED = 40  #: faults that are listed one by one, at most


@OWN.at(10)
def own_outcomes(results: Results) -> list[Table]:
    """How the faults ended, by mode and by kernel."""
    rows, names = results.injections, endings_of(results.injections)
    modes = [
        [m.value, results.planned[m], results.failed(m), *counts(rows[rows["mode"] == m.value], names)]
        for m in results.modes
    ]
    kernels = [
        [kernel, len(own), *counts(own, names)]
        for kernel in results.kernels
        for own in [rows[rows["kernel"] == kernel]]
    ]
    caption = f"injections, {CHOSEN}"
    return [
        made("outcomes", "Outcomes", caption, ("mode", "asked", "errors", *names), [modes]),
        made("by_kernel", "Outcomes by kernel", caption, ("kernel", "n", *names), [kernels]),
    ]


@OWN.at(20)
def one_by_one(results: Results) -> list[Table]:
    """The first of them one by one."""
    rows = results.injections
    if not len(rows):
        return []
    more = len(rows) - LISTED
    caption = f"{CHOSEN}; id: as sassafras explain takes it" + (f"; and {more} more" if more > 0 else "")
    shown = []
    for row, ending in zip(rows.head(LISTED).to_dict("records"), ending_of(rows), strict=False):
        target = target_text(Mode(row["mode"]), TargetKind(row["target"]), row["target_index"])
        fault = ",".join(str(row[name]) for name in COLUMNS[:5]) + f",{target}"
        shown.append([str(row["id"]), fault, str(row["frame"]), ending])
    return [made("one_by_one", "One by one", caption, ("id", "fault", "frame", "ending"), [shown], left=4)]


def ending_of(rows: pd.DataFrame) -> Iterable[str]:
    """How each ended: SDCs by their severity."""
    return rows["severity"].where(rows["outcome"] == Outcome.SDC.value, rows["outcome"])


def endings_of(rows: pd.DataFrame) -> list[str]:
    """The endings that occur."""
    seen = set(ending_of(rows))
    return [name for name in ENDINGS if name in seen]


def counts(rows: pd.DataFrame, names: Iterable[str]) -> list[int]:
    """How many ended so."""
    found = pd.Series(list(ending_of(rows)), dtype=object).value_counts()
    return [int(found.get(name, 0)) for name in names]
