"""What is in a store: its tables, with a comment for every column, and the rules that it keeps by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sassafras.faults.model import Mode
from sassafras.simulation.columns import Column, ColumnType, words_of
from sassafras.simulation.record import INJECTION

SCHEMA_VERSION = 5

_INTEGER, _REAL, _TEXT = ColumnType.INTEGER, ColumnType.REAL, ColumnType.TEXT
_MODES = f"what was to be corrupted: {', '.join(words_of(Mode))}"

TABLES: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "meta": (
            Column("key", _TEXT, False, "schema, fingerprint, settings, seconds...", "key", key=True),
            Column("value", _TEXT, False, "JSON", "value"),
        ),
        "inputs": (
            Column("input", _INTEGER, False, "from 0; the inputs of a network are frames", "frame", key=True),
            Column("name", _TEXT, False, "file name, or seed, number and class of a rendered frame", "name"),
            Column("label", _INTEGER, True, "true class, where known", "label"),
            Column("top1", _INTEGER, True, "class with the largest golden probability", "top1"),
            Column("confidence", _REAL, True, "its golden probability", "confidence"),
        ),
        "injections": INJECTION,
        "errors": (
            Column("id", _INTEGER, False, "as in injections; an error is ours, no outcome", "id", key=True),
            Column("mode", _TEXT, False, _MODES, "mode", Mode),
            Column("message", _TEXT, False, "why it could not be run", "message"),
        ),
    }
)
"""The tables of a store, with their columns in order. Those of ``injections`` are declared by
`simulation.record.Injection`.
"""


def _created(name: str, columns: tuple[Column, ...]) -> str:
    lines = [column.sql + ("," if column is not columns[-1] else "") for column in columns]
    width = max(map(len, lines))
    body = [f"    {line:<{width}}  -- {column.comment}" for line, column in zip(lines, columns, strict=True)]
    return "\n".join([f"CREATE TABLE {name} (", *body, ");"])


def definition(tables: Mapping[str, tuple[Column, ...]]) -> str:
    """The statements that make tables, each column with its comment."""
    made = (_created(name, columns) for name, columns in tables.items())
    return "\n".join([f"-- Version {SCHEMA_VERSION}.", *made, ""])


SCHEMA = definition(TABLES)

#: A row is final: SQLite itself refuses to change, replace or delete it, whoever asks.
RULES = """
CREATE TRIGGER IF NOT EXISTS injections_are_never_changed BEFORE UPDATE ON injections
BEGIN SELECT RAISE(ABORT, 'the store is append-only: an injection is never changed'); END;
CREATE TRIGGER IF NOT EXISTS injections_are_never_deleted BEFORE DELETE ON injections
BEGIN SELECT RAISE(ABORT, 'the store is append-only: an injection is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS injections_are_stored_once BEFORE INSERT ON injections
WHEN EXISTS (SELECT 1 FROM injections WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM errors WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this fault is stored already'); END;
CREATE TRIGGER IF NOT EXISTS errors_are_never_changed BEFORE UPDATE ON errors
BEGIN SELECT RAISE(ABORT, 'the store is append-only: an error is never changed'); END;
CREATE TRIGGER IF NOT EXISTS errors_are_never_deleted BEFORE DELETE ON errors
BEGIN SELECT RAISE(ABORT, 'the store is append-only: an error is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS errors_are_stored_once BEFORE INSERT ON errors
WHEN EXISTS (SELECT 1 FROM injections WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM errors WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'this fault is stored already'); END;
"""


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table of the store, in order. KeyError: no such table."""
    return TABLES[table]


def select_from(table: str) -> str:
    """The statement that reads a table, columns in their order, without its end."""
    return f"SELECT {', '.join(column.name for column in columns_of(table))} FROM {table}"  # noqa: S608  (our own names)


def select_shown(table: str) -> str:
    """The same, columns under the names that are shown."""
    names = ", ".join(f"{column.name} AS {column.shown}" for column in columns_of(table))
    return f"SELECT {names} FROM {table}"  # noqa: S608  (our own names)


def rows_between(db: sqlite3.Connection, table: str, first: int, last: int) -> list[tuple[Any, ...]]:
    """Rows with ids from first to last, both included, ordered by id; never looks at the row behind them."""
    where = "WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
    return list(db.execute(f"{select_from(table)} {where}", (first, last, last - first + 1)))


def stored_endings(db: sqlite3.Connection) -> dict[int, str | None]:
    """How every stored fault ended, by id: the outcome, of an SDC its severity, of an error None. As the
    store's own version called it, which is what its sequential stop went by.
    """
    rows = db.execute(
        "SELECT id, CASE outcome WHEN 'SDC' THEN severity ELSE outcome END FROM main.injections "
        "UNION ALL SELECT id, NULL FROM main.errors"
    )
    return dict(rows.fetchall())
