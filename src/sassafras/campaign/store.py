"""The store of a campaign: SQLite in WAL mode, append-only.
 A fingerprint of everything that decides the rows refuses to mix campaigns. Each batch of rows is one
transaction: what is stored stays, whatever happens next.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.campaign.record import COLUMNS, Injection
from sassafras.errors import CampaignError

SCHEMA_VERSION = 1

_values = attrgetter(*COLUMNS)  # ``astuple`` would copy every value deeply

SCHEMA = """
-- Version 1.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,  -- schema, fingerprint, settings, version, seconds...
    value TEXT NOT NULL      -- JSON
);
CREATE TABLE frames (
    frame      INTEGER PRIMARY KEY,  -- from 0
    name       TEXT NOT NULL,        -- file name, or seed, number and class of a rendered frame
    label      INTEGER,              -- true class, where known
    top1       INTEGER NOT NULL,     -- class with the largest golden probability
    confidence REAL NOT NULL         -- its golden probability
);
CREATE TABLE injections (
    id               INTEGER PRIMARY KEY,  -- number of the fault within its mode * 3 + number of the mode
    mode             TEXT NOT NULL,     -- RF, IOA or IOV
    model            TEXT NOT NULL,     -- single-bit, double-bit, random-value or zero-value
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
    severity         TEXT,              -- SDC: MALFUNCTION, LIGHT_MALFUNCTION or NO_MALFUNCTION
    due_kind         TEXT,              -- DUE: the trap
    masked_reason    TEXT,              -- masked RF faults: never-read, overwritten or no-effect
    top1_golden      INTEGER NOT NULL,  -- class with the largest golden probability
    top1             INTEGER,           -- SDC: class with the largest faulty probability
    confidence_golden REAL NOT NULL,    -- golden probability of top1_golden
    confidence       REAL,              -- SDC: faulty probability of top1_golden (NULL where it is NaN)
    top5_changed     INTEGER,           -- SDC: 1 when the five most probable classes or their order differ
    output_nan       INTEGER,           -- SDC: 1 when the output holds NaN
    died_layer       INTEGER,           -- NO_MALFUNCTION: layer behind which nothing still read differed
    differing_bytes  INTEGER,           -- SDC: bytes of device memory that differ after the faulty launch
    corrupted        TEXT,              -- SDC: JSON, layer -> values of its output that differ
    probabilities    BLOB               -- SDC: faulty probabilities, float32 little endian
);
CREATE TABLE errors (
    id      INTEGER PRIMARY KEY,  -- as in injections; an error is ours and never an outcome
    mode    TEXT NOT NULL,
    message TEXT NOT NULL
);
"""


def read_meta(path: Path, key: str) -> Any:
    """A JSON value of the store in that file, None if there is none. Raises CampaignError where the file is
    no store.
    """
    try:
        with closing(sqlite3.connect(path, timeout=30)) as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    except sqlite3.DatabaseError as error:
        raise CampaignError(f"{path} cannot be read as a campaign's store ({error})") from error
    return None if row is None else json.loads(row[0])


class Store:
    """The database of one campaign. Raises CampaignError where the file is no store, of another version or of
    another campaign.
    """

    def __init__(self, path: Path, fingerprint: Mapping[str, Any]) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=30)
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from error
        try:
            if not self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                self._create(fingerprint)
            self._check(fingerprint)
            self._db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.DatabaseError as error:
            self.close()
            raise self._unusable(error) from error
        except CampaignError:
            self.close()  # so that the database of another campaign is left without a journal beside it
            raise

    def _unusable(self, error: sqlite3.Error) -> CampaignError:
        return CampaignError(
            f"{self.path} cannot be used as a campaign's store ({error}); choose another --out"
        )

    def _create(self, fingerprint: Mapping[str, Any]) -> None:
        """All in one transaction: a store that is killed at birth is empty, and is begun again."""
        facts = {"schema": SCHEMA_VERSION, "fingerprint": dict(fingerprint)}
        with self._db:
            self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA}")
            rows = [(key, json.dumps(value)) for key, value in facts.items()]
            self._db.executemany("INSERT INTO meta VALUES (?, ?)", rows)

    def _check(self, fingerprint: Mapping[str, Any]) -> None:
        version = self.meta("schema")
        if version != SCHEMA_VERSION:
            raise CampaignError(
                f"{self.path} has schema {version}, this version of Sassafras uses {SCHEMA_VERSION}; "
                "choose another --out"
            )
        stored = self.meta("fingerprint")
        wanted = json.loads(json.dumps(dict(fingerprint)))
        if stored != wanted:
            differing = sorted(k for k in stored.keys() | wanted.keys() if stored.get(k) != wanted.get(k))
            raise CampaignError(
                f"{self.path.parent} holds another campaign (different: {', '.join(differing)}); "
                "choose another --out, or give the same options to go on"
            )

    def put_meta(self, key: str, value: Any) -> None:
        """Store a JSON value."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def meta(self, key: str) -> Any:
        """A stored JSON value, None if there is none."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def put_frames(self, rows: Iterable[tuple[int, str, int | None, int, float]]) -> None:
        """Store the frames and their golden results."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?)", list(rows))

    def frames(self) -> list[tuple[int, str, int | None, int, float]]:
        """The stored frames."""
        return list(self._db.execute("SELECT * FROM frames ORDER BY frame"))

    def add(self, rows: Iterable[Injection], errors: Iterable[tuple[int, str, str]] = ()) -> None:
        """Append rows and errors in one transaction. CampaignError where another process stored them."""
        try:
            self._add(rows, errors)
        except sqlite3.IntegrityError as error:
            raise CampaignError(
                f"{self.path}: another process has stored the same injections; let one finish, then go on"
            ) from error

    def _add(self, rows: Iterable[Injection], errors: Iterable[tuple[int, str, str]]) -> None:
        marks = ", ".join("?" * len(COLUMNS))
        with self._db:
            self._db.executemany(
                f"INSERT INTO injections ({', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608  (our own names)
                [_values(row) for row in rows],
            )
            self._db.executemany("INSERT INTO errors VALUES (?, ?, ?)", list(errors))

    def known_ids(self) -> set[int]:
        """Ids that need not be run again."""
        return {row[0] for row in self._db.execute("SELECT id FROM injections UNION SELECT id FROM errors")}

    def injections(self) -> pd.DataFrame:
        """All rows, ordered by id."""
        frame = pd.read_sql_query("SELECT * FROM injections ORDER BY id", self._db)
        return frame[list(COLUMNS)]

    def errors(self) -> pd.DataFrame:
        """All errors, ordered by id."""
        return pd.read_sql_query("SELECT * FROM errors ORDER BY id", self._db)

    def close(self) -> None:
        """Close the database."""
        self._db.close()
