"""Files of faults that the user chose: counts, no shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sassafras.analysis.results import Results
from sassafras.campaign.design.from_store import CHOSEN
from sassafras.report.csv_files import printable
from sassafras.report.files import SUMMARY, write_text
from sassafras.report.tables.own import counts, endings_of


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
    names = endings_of(rows)
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
                "endings": dict(zip(names, counts(rows[rows["mode"] == mode.value], names), strict=True)),
            }
            for mode in results.modes
        },
    }
