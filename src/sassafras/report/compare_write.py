"""``compare.html``, ``compare.json``, its tables as CSV, and its figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.compare import LEVEL, Compared
from sassafras.analysis.contenders import Contender
from sassafras.analysis.intervals import CONFIDENCE
from sassafras.report.figures.comparison import comparison
from sassafras.report.figures.files import BOTH, write_figures
from sassafras.report.files import write_json, write_tables, write_text
from sassafras.report.page.compare import compare_page
from sassafras.report.tables.compare import network_name
from sassafras.report.tables.failures import failure_rows

SCHEMA = 2
PAGE = "compare.html"


def write_comparison(folder: Path, compared: Compared) -> list[Path]:
    """Write the page, ``compare.json``, ``compare_*.csv``, ``compare_*.png`` and ``.svg``; their paths."""
    tables = {"shares": compared.shares, "differences": compared.differences, "overall": compared.overall}
    if compared.failures:
        tables["failures"] = pd.DataFrame(_failures(compared))
    paths = write_tables(folder, {f"compare_{name}": table for name, table in tables.items()})
    paths += write_figures(folder, comparison(compared), BOTH)
    paths.append(write_json(folder / "compare.json", content(compared)))
    write_text(folder / PAGE, compare_page(compared))
    return [*paths, folder / PAGE]


def content(compared: Compared) -> dict[str, Any]:
    """JSON types only; shares are fractions of 1, missing numbers None."""
    contest = compared.contest
    return {
        "schema": SCHEMA,
        "confidence": CONFIDENCE,
        "level": LEVEL,
        "tolerance": compared.critical.tolerance,
        "campaigns": {c.letter: _facts(c) for c in contest.contenders},
        "modes": [mode.value for mode in contest.modes],
        "kernels": list(contest.kernels),
        "layers": None if contest.layers is None else list(contest.layers),
        "same_faults_as_A": list(compared.paired_with_first),
        "notes": list(contest.notes),
        "failures": _failures(compared),
        "shares": _records(compared.shares),
        "differences": _records(compared.differences),
        "overall": _records(compared.overall),
    }


def _failures(compared: Compared) -> list[dict[str, Any]]:
    """By exposure, of campaigns of other programs than A's."""
    return [
        {"campaign": letter, **row}
        for letter, found in compared.failures.items()
        for row in failure_rows(found)
    ]


def _facts(contender: Contender) -> dict[str, Any]:
    stored = contender.stored
    return {
        "name": contender.name,
        "network": network_name(contender),
        "injections": len(contender.rows),
        "errors": len(stored.errors),
        "settings": stored.settings.model_dump(mode="json"),
        "fingerprint": dict(stored.fingerprint),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            str(key): None if isinstance(value, float) and math.isnan(value) else value
            for key, value in row.items()
        }
        for row in table.to_dict("records")
    ]
