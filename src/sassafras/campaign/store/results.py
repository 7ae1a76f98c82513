"""The store of a campaign: SQLite in WAL mode, append-only, one writer at a time.
 A fingerprint of everything that decides the rows refuses to mix campaigns. Each batch of rows is one
transaction: what is stored stays, whatever happens next.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sassafras.campaign.store.connection import connect, connect_to_read
from sassafras.campaign.store.data_frames import read_table
from sassafras.campaign.store.identity import check_same
from sassafras.campaign.store.lock import Writer, WriterLock, in_use
from sassafras.campaign.store.older_schemas import READABLE
from sassafras.campaign.store.schema import RULES, SCHEMA, SCHEMA_VERSION, rows_between, stored_endings
from sassafras.campaign.store.store_errors import clearly, damaged
from sassafras.errors import CampaignError
from sassafras.simulation.record import COLUMNS, INJECTION, SHOWN, Injection

if TYPE_CHECKING:
    import pandas as pd

_values = attrgetter(*COLUMNS)  # ``astuple`` would copy every value deeply
_WORDS = [(k, words) for k, column in enumerate(INJECTION) if (words := column.stored_words) is not None]

FrameRow = tuple[int, str, int | None, int, float]  #: number, name, true class, golden class, its probability


SINCE = {  #: what schemas came to be that an older one is not
    1: "in which invalid outputs are an outcome of their own",
    2: "in which a row names part and input, and may hold a part of its output",
    3: "in which a row says what race its fault makes",
    4: "in which a row names the buffer that a memory fault strikes",
}
READ_ONLY = (
    "tables, report, check, compare, status and export read it, but nothing can be run in it or added to it; "
    "run the campaign again into another folder"
)


def _stored(row: Injection) -> tuple[Any, ...]:
    """A row's values as the store holds them: words for members."""
    values = list(_values(row))
    for place, words in _WORDS:
        values[place] = words[values[place]]
    return tuple(values)


def check_version(path: Path, version: Any, *, reading: bool = False) -> None:
    """Raise CampaignError unless a store of this schema version can be used. ``reading``: an older one can be
    read (`older_schemas`); nothing is added to it.
    """
    if version == SCHEMA_VERSION or (reading and version in READABLE):
        return
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise CampaignError(
            f"{path} has schema {version}, from a newer version of Sassafras (this one knows schema "
            f"{SCHEMA_VERSION}); update Sassafras, or choose another --out"
        )
    raise CampaignError(
        f"{path} has schema {version}, this version of Sassafras writes schema {SCHEMA_VERSION}"
        + (f", {SINCE[version]}: {READ_ONLY}" if version in SINCE else "; choose another --out")
    )


def stored_json(db: sqlite3.Connection, key: str) -> Any:
    """A JSON value of a store, None if there is none."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else json.loads(row[0])


def read_meta(path: Path, key: str) -> Any:
    """A JSON value of the store in that file, None if there is none. Raises CampaignError where the file is
    no store.
    """
    connection = connect_to_read(path)
    try:
        with clearly(path, reading=True):
            return stored_json(connection.db, key)
    finally:
        connection.close()


class Store:
    """The database of one campaign; a new one begins with ``facts`` (JSON values by key). ``fingerprint``
    None: the store is only read, whatever its campaign, and may be of an older schema. Raises CampaignError
    where the file is no store, of another version or of another campaign.

    Every method raises CampaignError, in one line, when the disk is full, the file is damaged or read-only,
    or (those that write) another process is writing.
    """

    def __init__(
        self, path: Path, fingerprint: Mapping[str, Any] | None, facts: Mapping[str, Any] | None = None
    ) -> None:
        self.path = path
        self._lock = WriterLock(path)
        self._depth = 0
        self._connection = connect_to_read(path) if fingerprint is None else connect(path)
        self._db = self._connection.db
        try:
            with clearly(path, reading=fingerprint is None):
                if fingerprint is not None and self._is_empty():
                    self._begin(
                        {"schema": SCHEMA_VERSION, "fingerprint": dict(fingerprint)} | dict(facts or {})
                    )
                self._check(fingerprint)
        except CampaignError:
            self.close()  # so that the database of another campaign is left without a journal beside it
            raise

    def _is_empty(self) -> bool:
        return self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None

    def _begin(self, facts: Mapping[str, Any]) -> None:
        """All in one transaction: a store that is killed at birth is empty, and is begun again."""
        if not self._lock.take():
            raise in_use(self.path, None)
        try:
            if self._is_empty():  # still, now that nobody else may begin it
                with self._db:
                    self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {RULES}")
                    self._put(facts)
        finally:
            self._lock.release()

    def _check(self, fingerprint: Mapping[str, Any] | None) -> None:
        check_version(self.path, self.meta("schema"), reading=fingerprint is None)
        if fingerprint is not None:
            check_same(self.path, self.meta("fingerprint"), fingerprint)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep others from writing. Raises CampaignError that names the one who is."""
        self._depth += 1
        try:
            if self._depth == 1:
                self._take()
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._lock.release()

    def _take(self) -> None:
        if not self._lock.take():
            raise in_use(self.path, Writer.of(self.meta("writer")))
        with clearly(self.path):
            self._db.execute("PRAGMA journal_mode=WAL")  # others read while this process writes
            with self._db:
                self._db.executescript(f"BEGIN IMMEDIATE; {RULES}")
                self._put({"writer": asdict(Writer.here())})

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self.writing(), clearly(self.path), self._db:
            yield

    def _put(self, facts: Mapping[str, Any]) -> None:
        rows = [(key, json.dumps(value)) for key, value in facts.items()]
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def check(self) -> None:
        """Look at every page. Raises CampaignError for a damaged file: nothing more is to be stored in it."""
        with clearly(self.path):
            (found,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise damaged(self.path, f"database disk image is malformed: {found.splitlines()[-1]}")

    def put_meta(self, key: str, value: Any) -> None:
        """Store a JSON value."""
        with self._transaction():
            self._put({key: value})

    def meta(self, key: str) -> Any:
        """A stored JSON value, None if there is none."""
        with clearly(self.path):
            return stored_json(self._db, key)

    def put_frames(self, rows: Iterable[FrameRow]) -> None:
        """Store the frames and their golden results."""
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO inputs VALUES (?, ?, ?, ?, ?)", list(rows))

    def frames(self) -> list[FrameRow]:
        """The stored frames."""
        with clearly(self.path):
            return list(self._db.execute("SELECT * FROM inputs ORDER BY input"))

    def add(
        self,
        rows: Iterable[Injection],
        errors: Iterable[tuple[int, str, str]] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Append rows and errors, and put JSON values, in one transaction."""
        self.add_stored([_stored(row) for row in rows], errors, facts)

    def add_stored(
        self,
        rows: Iterable[tuple[Any, ...]],
        errors: Iterable[tuple[int, str, str]] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """As ``add``, with rows as another store holds them: values in the order of ``COLUMNS``."""
        marks = ", ".join("?" * len(COLUMNS))
        insert = f"INSERT INTO injections ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608  (our own names)
        with self._transaction():
            try:
                self._db.executemany(insert, rows)
                self._db.executemany("INSERT INTO errors VALUES (?, ?, ?)", errors)
            except sqlite3.IntegrityError as error:
                raise CampaignError(
                    f"{self.path}: another process has stored the same injections; let one finish, then go on"
                ) from error
            self._put(facts or {})

    def rows_between(self, table: str, first: int, last: int) -> list[tuple[Any, ...]]:
        """Rows of ``injections`` or ``errors`` with ids from first to last, both included, ordered by id."""
        with clearly(self.path):
            return rows_between(self._db, table, first, last)

    def known_ids(self) -> set[int]:
        """Ids that need not be run again."""
        with clearly(self.path):
            return {
                row[0] for row in self._db.execute("SELECT id FROM injections UNION SELECT id FROM errors")
            }

    def endings(self) -> dict[int, str | None]:
        """How every stored fault ended, by id (see ``stored_endings``)."""
        with clearly(self.path):
            return stored_endings(self._db)

    def injections(self) -> pd.DataFrame:
        """All rows, ordered by id, columns under the names that are shown."""
        with clearly(self.path):
            frame = read_table(self._db, "injections")
        return frame[list(SHOWN)]

    def errors(self) -> pd.DataFrame:
        """All errors, ordered by id."""
        with clearly(self.path):
            return read_table(self._db, "errors")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
