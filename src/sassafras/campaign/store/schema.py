"""What is in a store: its tables, with a comment for every column, and the rules that it keeps by itself."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 2

SCHEMA = """
-- Version 2.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,  -- schema, fingerprint, settings, version, seconds...
    value TEXT NOT NULL      -- JSON
);
CREATE TABLE frames (
    frame      INTEGER PRIMARY KEY,  -- from 0
    name       TEXT NOT NULL,        -- file name, or seed, number and class of a rendered frame
    label      INTEGER,              -- true class, where known
    top1       INTEGER,              -- class with the largest golden probability
    confidence REAL                  -- its golden probability
);
CREATE TABLE injections (
    id               INTEGER PRIMARY KEY,  -- number of the fault within its mode * 3 + number of the mode
    mode             TEXT NOT NULL,     -- RF, IOA or IOV
    model            TEXT NOT NULL,     -- single-bit, double-bit, random-value, zero-value or mask
    scope            TEXT NOT NULL,     -- thread or warp
    frame            INTEGER NOT NULL,  -- frame of the campaign, from 0
    launch           INTEGER NOT NULL,  -- position of the launch in the launch plan
    kernel           TEXT NOT NULL,     -- CUDA kernel
    invocation       INTEGER NOT NULL,  -- launches of the same kernel before it in the inference
    layer            INTEGER NOT NULL,  -- layer of the network file, 0-based as in Darknet
    block            INTEGER NOT NULL,  -- linear block of the launch
    thread           INTEGER NOT NULL,  -- linear thread of the block
    instruction      INTEGER NOT NULL,  -- dynamic instruction of the thread, from 0
    offset           INTEGER NOT NULL,  -- byte offset of the instruction in the kernel
    opcode           TEXT NOT NULL,     -- opcode with its modifiers
    sass             TEXT NOT NULL,     -- the instruction as nvdisasm prints it
    target           TEXT NOT NULL,     -- REGISTER, PREDICATE, STORE_ADDRESS and so on
    target_index     INTEGER NOT NULL,  -- register, predicate, or word of the store
    before           TEXT,              -- struck word before, hex; NULL: proven masked, not run
    after            TEXT,              -- the struck word after, hex
    outcome          TEXT NOT NULL,     -- MASKED, DUE, SDC; hardened kernels: DETECTED, CORRECTED
    severity         TEXT,              -- SDC: MALFUNCTION, INVALID_OUTPUT, LIGHT_ or NO_MALFUNCTION
    due_kind         TEXT,              -- DUE: the trap
    masked_reason    TEXT,              -- masked RF faults: never-read, overwritten or no-effect
    top1_golden      INTEGER,           -- class with the largest golden probability
    top1             INTEGER,           -- SDC: class with the largest faulty probability
    confidence_golden REAL,             -- golden probability of top1_golden
    confidence       REAL,              -- SDC: faulty probability of top1_golden (NULL where it is NaN)
    top5_changed     INTEGER,           -- SDC: 1 when the five most probable classes or their order differ
    output_nan       INTEGER,           -- SDC: 1 when the output holds NaN
    largest_change   REAL,              -- SDC: largest absolute change of an output value (NULL: not finite)
    died_layer       INTEGER,           -- NO_MALFUNCTION: layer behind which nothing still read differed
    differing_bytes  INTEGER,           -- SDC: bytes of device memory that differ after the faulty launch
    corrupted        TEXT,              -- SDC: JSON, layer -> values of its output that differ
    probabilities    BLOB               -- SDC: faulty probabilities, float32 little endian
);
CREATE TABLE errors (
    id      INTEGER PRIMARY KEY,  -- as in injections; an error is ours and never an outcome
    mode    TEXT NOT NULL,    -- RF, IOA or IOV
    message TEXT NOT NULL     -- why it could not be run
);
"""

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


class ColumnType(StrEnum):
    """SQLite's name of a column's type."""

    INTEGER = "INTEGER"
    REAL = "REAL"
    TEXT = "TEXT"
    BLOB = "BLOB"


@dataclass(frozen=True)
class Column:
    """A column: its type, whether it may be NULL, and what it means."""

    name: str
    type: ColumnType
    optional: bool
    comment: str


_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r"^\s*(\w+)\s+(\w+)([^,\n]*?),?\s*-- (.*)$", re.MULTILINE)


def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table of the store, in order, read from its definition. KeyError: no such table."""
    definition = dict(_TABLE.findall(SCHEMA))[table]
    return tuple(
        Column(name, ColumnType(kind), not re.search("NOT NULL|PRIMARY KEY", rest), comment)
        for name, kind, rest, comment in _COLUMN.findall(definition)
    )


def select_from(table: str) -> str:
    """The statement that reads a table, columns in their order, without its end."""
    return f"SELECT {', '.join(column.name for column in columns_of(table))} FROM {table}"  # noqa: S608  (our own names)


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
