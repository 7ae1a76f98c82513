"""Files of an import: the tables as CSV, and ``summary.json``, marked as imported; what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.coarse import coarse_outcomes
from sassafras.interchange.imported import Imported
from sassafras.report.files import SUMMARY, write_json, write_tables
from sassafras.report.tables.imported import BY

SCHEMA = 1


def write_imported_files(folder: Path, found: Imported) -> list[Path]:
    """Write ``outcomes.csv``, ``ckv.csv``, ``categories.csv``, ``injections.csv`` and ``summary.json``."""
    rows = found.injections
    tables = {
        "outcomes": coarse_outcomes(rows, BY),
        "ckv": coarse_outcomes(rows, ["mode", "kernel"], of_mode=True),
        "categories": rows.groupby(["mode", "category", "category_text"]).size().reset_index(name="n"),
        "injections": rows.convert_dtypes(),
    }
    return [*write_tables(folder, tables), write_json(folder / SUMMARY, summary(found))]


def summary(found: Imported) -> dict[str, Any]:
    """JSON types only; shares are fractions of 1."""
    rows = found.injections
    return {
        "schema": SCHEMA,
        "imported": True,
        "tool": found.tool.value,
        "files": list(found.files),
        "repeated_sites": found.repeated,
        "modes": {str(mode): _mode(part) for mode, part in rows.groupby("mode", sort=False)},
    }


def _mode(rows: pd.DataFrame) -> dict[str, Any]:
    counts = coarse_outcomes(rows, ["mode"])
    kernels = coarse_outcomes(rows, ["mode", "kernel"], of_mode=True)
    return {
        "injected": int(rows["outcome"].notna().sum()),
        "errors": int(rows["outcome"].isna().sum()),
        "potential_due": int(rows["potential_due"].sum()),
        "outcomes": {row["outcome"]: row["n"] for row in counts.to_dict("records")},
        "ckv": {
            str(kernel): {
                row["outcome"]: {name: row[name] for name in ("n", "share", "low", "high")}
                for row in part.to_dict("records")
            }
            for kernel, part in kernels.groupby("kernel", sort=False)
        },
    }


def closing_lines(found: Imported) -> list[str]:
    """What is in the import, and what is not."""
    rows = found.injections
    files = f"{len(found.files)} file{'s' * (len(found.files) != 1)}"
    lines = [f"{len(rows)} results of {found.tool.label} imported from {files}: no layers, no severities"]
    if missing := len(rows) - len(found.classified):
        lines.append(f"never counted as outcomes: {missing} that were not injected or not classified")
    if potential := int(rows["potential_due"].sum()):
        lines.append(
            f"counted as DUE: {potential} potential ones, symptoms that only a monitor would have noticed"
        )
    if found.repeated:
        again = f"{found.tool.label} appends when it is run again"
        lines.append(f"counted all the same: {found.repeated} that repeat an earlier line's site ({again})")
    return lines
