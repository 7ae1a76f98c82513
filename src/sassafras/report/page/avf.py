"""The AVF of the register file on the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sassafras.analysis.avf import strikes
from sassafras.analysis.fit import FitOutcome
from sassafras.analysis.results import Results
from sassafras.report.avf_numbers import share_text
from sassafras.report.files import SUMMARY
from sassafras.report.page.tables import Row, Table

OUTCOMES = (FitOutcome.AVF, FitOutcome.SDC, FitOutcome.DUE)


def read_avf(folder: Path, results: Results) -> Mapping[str, Any] | None:
    """What ``sassafras run`` wrote into the campaign's ``summary.json`` (`avf_numbers`); None where there is
    nothing, or where it was made of other injections.
    """
    try:
        found = json.loads((folder / SUMMARY).read_text("utf-8"))["avf"]
        same = found["total"]["n"] == len(strikes(results.injections))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found if same else None


def avf_table(avf: Mapping[str, Any]) -> Table:
    """What each kernel allocates, and its AVF while it runs."""
    whole = avf["total"]["seconds"]
    rows = [
        Row(kernel, (str(part["registers"]), ", ".join(part["limits"]), *_cells(part, whole)))
        for kernel, part in avf["kernels"].items()
    ]
    rows.append(Row("all injected", ("", "", *_cells(avf["total"], whole)), rule=True))
    headings = ("kernel", "registers", "limit", "time", "allocated", "n", "AVF", "SDC", "DUE")
    return Table("numbers_avf", f"AVF of the register file, {avf['device']}", headings, tuple(rows))


def _cells(part: Mapping[str, Any], seconds: float) -> list[str]:
    return [
        f"{part['seconds'] / seconds * 100:.2f} %",
        f"{part['allocated_fraction'] * 100:.1f} %",
        f"{part['n']:,}",
        *(_share(part["avf"][outcome.value]) for outcome in OUTCOMES),
    ]


def _share(found: Mapping[str, float]) -> str:
    return share_text(found["share"], found["low"], found["high"]) + " %"
