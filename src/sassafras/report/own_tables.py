"""Faults that the user chose, counted: no shares and no intervals, for they are no sample of a population."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table

from sassafras.analysis.results import Results
from sassafras.campaign.design.from_store import CHOSEN
from sassafras.campaign.design.lanes import ENDINGS
from sassafras.faults.model import Mode, TargetKind
from sassafras.faults.own import COLUMNS, target_text
from sassafras.report.csv_files import printable
from sassafras.report.files import SUMMARY, write_text
from sassafras.report.frames import plain_table
from sassafras.simulation.outcome import Outcome

LISTED = 40  #: faults that are listed one by one, at most


def own_tables(results: Results) -> list[Table]:
    """How the faults ended, by mode and by kernel, and the first of them one by one."""
    rows, names = results.injections, _endings(results.injections)
    by_mode = plain_table("Outcomes", f"injections, {CHOSEN}", ["mode", "asked", "errors", *names])
    for mode in results.modes:
        counts = _counts(rows[rows["mode"] == mode.value], names)
        by_mode.add_row(mode.value, str(results.planned[mode]), str(results.failed(mode)), *counts)
    by_kernel = plain_table("Outcomes by kernel", f"injections, {CHOSEN}", ["kernel", "n", *names])
    for kernel in results.kernels:
        own = rows[rows["kernel"] == kernel]
        by_kernel.add_row(kernel, str(len(own)), *_counts(own, names))
    return [by_mode, by_kernel, *_listed(rows)]


def _listed(rows: pd.DataFrame) -> list[Table]:
    if not len(rows):
        return []
    more = len(rows) - LISTED
    caption = f"{CHOSEN}; id: as sassafras explain takes it" + (f"; and {more} more" if more > 0 else "")
    table = plain_table("One by one", caption, ["id", "fault", "frame", "ending"], left=4)
    for row, ending in zip(rows.head(LISTED).to_dict("records"), _ending(rows), strict=False):
        target = target_text(Mode(row["mode"]), TargetKind(row["target"]), row["target_index"])
        fault = ",".join(str(row[name]) for name in COLUMNS[:5]) + f",{target}"
        table.add_row(str(row["id"]), fault, str(row["frame"]), ending)
    return [table]


def _ending(rows: pd.DataFrame) -> Iterable[str]:
    """How each ended: SDCs by their severity."""
    return rows["severity"].where(rows["outcome"] == Outcome.SDC.value, rows["outcome"])


def _endings(rows: pd.DataFrame) -> list[str]:
    seen = set(_ending(rows))
    return [name for name in ENDINGS if name in seen]


def _counts(rows: pd.DataFrame, names: Iterable[str]) -> list[str]:
    found = pd.Series(list(_ending(rows)), dtype=object).value_counts()
    return [str(int(found.get(name, 0))) for name in names]


def write_own_report(folder: Path, results: Results) -> list[Path]:
    """Write ``injections.csv``, ``errors.csv`` and, last, ``summary.json``; returns their paths."""
    tables = {"injections": printable(results.injections), "errors": results.errors}
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    write_text(folder / SUMMARY, json.dumps(own_summary(results), indent=2, allow_nan=False) + "\n")
    return [*(folder / f"{name}.csv" for name in tables), folder / SUMMARY]


def own_summary(results: Results) -> dict[str, Any]:
    """What became of the faults, as JSON: counts alone."""
    rows = results.injections
    names = _endings(rows)
    return {
        "faults": CHOSEN,
        "arch": results.arch,
        "network": results.network,
        "frames": results.frames,
        "seed": results.seed,
        "self_check": None if results.self_check is None else dict(results.self_check),
        "modes": {
            mode.value: {
                "planned": results.planned[mode],
                "injected": results.injected(mode),
                "errors": results.failed(mode),
                "endings": {
                    name: int(count)
                    for name, count in zip(
                        names, _counts(rows[rows["mode"] == mode.value], names), strict=True
                    )
                },
            }
            for mode in results.modes
        },
    }
