"""Stores of older schemas, read as if they were of the newest.

A temporary view of this connection stands before the table of the same name; the file is not touched.

Schemas 1 and 2 named layers and frames where today's names parts and inputs, and kept every output whole.

Schema 4 had no memory faults, whose buffers rows name (NULL); schema 3 did not look for races that faults
make (NULL) either.

Schema 1 called an output with NaN a Malfunction, and did not say how large a change was. Both follow from
the faulty probabilities that it holds; the golden ones of a frame are those of any of its faults that left
them bitwise golden. Where a frame has none, its changes stay unknown (NULL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import numpy as np

from sassafras.campaign.store.schema import SCHEMA_VERSION, columns_of
from sassafras.simulation.outcome import Severity
from sassafras.workload.verdict import largest_change

READABLE = (1, 2, 3, 4, SCHEMA_VERSION)

_BEFORE = {"input": "frame", "part": "layer", "died_part": "died_layer", "output": "probabilities"}
"""Names of columns in schemas 1 and 2, by today's. What they do not have is NULL."""


def show_as_newest(db: sqlite3.Connection) -> None:
    """Let a connection that only reads see the tables as the newest schema has them. Raises sqlite3.Error
    where the file is no database.
    """
    schema = _schema(db)
    if schema in (1, 2):
        _show(db, "inputs", "frames", {})
        _show(db, "injections", "injections", _judged(db) if schema == 1 else {})
    elif schema in (3, 4):
        _show(db, "injections", "injections", {})


def _show(db: sqlite3.Connection, name: str, table: str, ways: Mapping[str, str]) -> None:
    """A view of a table of the file. ``ways``: how columns are found that are not as they were stored."""
    there = {row[1] for row in db.execute(f"PRAGMA main.table_info({table})")}
    chosen = []
    for column in columns_of(name):
        before = column.name if column.name in there else _BEFORE.get(column.name, "")
        way = ways.get(column.name, f'"{before}"' if before in there else "NULL")
        chosen.append(f"{way} AS {column.name}")
    db.execute(f"CREATE TEMP VIEW {name} AS SELECT {', '.join(chosen)} FROM main.{table}")  # noqa: S608


def _schema(db: sqlite3.Connection) -> int | None:
    """The schema of a campaign's store; None of anything else."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"meta", "injections"} <= tables or not {"frames", "inputs"} & tables:
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return int(row[0]) if row is not None and row[0].isdecimal() else None


def _judged(db: sqlite3.Connection) -> dict[str, str]:
    """How the columns are found that schema 1 did not have, or called otherwise."""
    golden = {
        frame: np.frombuffer(blob, "<f4")
        for frame, blob in db.execute(
            "SELECT frame, MIN(probabilities) FROM injections WHERE severity = ? GROUP BY frame",
            (Severity.NO_MALFUNCTION.value,),
        )
        if blob is not None
    }

    def severity(stored: str | None, blob: bytes | None) -> str | None:
        if stored is None or blob is None or np.isfinite(np.frombuffer(blob, "<f4")).all():
            return stored
        return Severity.INVALID_OUTPUT.value

    def change(frame: int, stored: str | None, blob: bytes | None) -> float | None:
        if stored == Severity.NO_MALFUNCTION.value:
            return 0.0
        if blob is None or frame not in golden:
            return None
        return largest_change(golden[frame], np.frombuffer(blob, "<f4"))

    db.create_function("severity_of_schema_1", 2, severity, deterministic=True)
    db.create_function("change_of_schema_1", 3, change, deterministic=True)
    return {
        "severity": "severity_of_schema_1(severity, probabilities)",
        "largest_change": "change_of_schema_1(frame, severity, probabilities)",
    }
