"""Stores of older schemas, read as if they were of the newest.

A temporary view of this connection stands before the table of the same name; the file is not touched.

Schema 1 called an output with NaN a Malfunction, and did not say how large a change was. Both follow from
the faulty probabilities that it holds; the golden ones of a frame are those of any of its faults that left
them bitwise golden. Where a frame has none, its changes stay unknown (NULL).
"""

from __future__ import annotations

import sqlite3

import numpy as np

from sassafras.campaign.store.schema import SCHEMA_VERSION, columns_of
from sassafras.simulation.outcome import Severity
from sassafras.workload.verdict import largest_change

READABLE = (1, SCHEMA_VERSION)


def show_as_newest(db: sqlite3.Connection) -> None:
    """Let a connection that only reads see ``injections`` as the newest schema has them. Raises sqlite3.Error
    where the file is no database.
    """
    if _schema(db) == 1:
        _show_first_as_second(db)


def _schema(db: sqlite3.Connection) -> int | None:
    """The schema of a campaign's store; None of anything else."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"meta", "injections", "frames"} <= tables:
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return int(row[0]) if row is not None and row[0].isdecimal() else None


def _show_first_as_second(db: sqlite3.Connection) -> None:
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
    ways = {
        "severity": "severity_of_schema_1(severity, probabilities) AS severity",
        "largest_change": "change_of_schema_1(frame, severity, probabilities) AS largest_change",
    }
    names = ", ".join(ways.get(column.name, column.name) for column in columns_of("injections"))
    db.execute(f"CREATE TEMP VIEW injections AS SELECT {names} FROM main.injections")  # noqa: S608
