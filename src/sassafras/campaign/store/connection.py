"""Ways into a store's file: to write, or to read it wherever it lies, whoever else is writing."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sassafras.campaign.store.older_schemas import show_as_newest
from sassafras.campaign.store.store_errors import clearly, code_of
from sassafras.campaign.store.whole_file import check_whole

PATIENCE = 30.0  #: seconds to wait for another connection's transaction

#: A folder without room or rights has none for what SQLite keeps beside a database that is read, either.
_NO_ROOM = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
}


@dataclass(frozen=True)
class Connection:
    """A connection, and the copy that it reads where the store's own folder would not do."""

    db: sqlite3.Connection
    copy: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Close the connection; a copy is deleted."""
        self.db.close()
        if self.copy is not None:
            self.copy.cleanup()


def connect(path: Path) -> Connection:
    """A connection to the database in a file, made if there is none. One that can only be read is opened for
    that: writing into it fails later.

    Raises CampaignError where it cannot even be read.
    """
    check_whole(path)
    with clearly(path):
        try:
            return Connection(_opened(path, "mode=rwc"))
        except sqlite3.OperationalError as error:
            if code_of(error) not in _NO_ROOM or not path.is_file():
                raise
    return connect_to_read(path)


def connect_to_read(path: Path) -> Connection:
    """A connection that changes nothing, also while another process writes, on a full disk, or in a folder
    that may not be written. Raises CampaignError.
    """
    check_whole(path)
    with clearly(path, reading=True):
        try:
            return Connection(open_to_read(path, "mode=rw"))
        except sqlite3.OperationalError as error:
            if code_of(error) not in _NO_ROOM:
                raise
        if not _has_journal(path):
            return Connection(open_to_read(path, "immutable=1"))
        copy = tempfile.TemporaryDirectory(prefix="sassafras-")
        try:
            for file in (path, _journal(path)):
                shutil.copyfile(file, Path(copy.name) / file.name)
            return Connection(open_to_read(Path(copy.name) / path.name, "mode=rw"), copy)
        except sqlite3.Error:
            copy.cleanup()
            raise


def open_to_read(path: Path, how: str) -> sqlite3.Connection:
    """Open a store to read, ``how`` (of SQLite's URIs); older ones look like new ones. Raises
    sqlite3.Error.
    """
    db = _opened(path, how)
    show_as_newest(db)
    db.execute("PRAGMA query_only=ON")
    return db


def _opened(path: Path, how: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=PATIENCE)
    try:
        db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # SQLite opens files when it reads them
        db.execute("PRAGMA synchronous=FULL")  # what is stored survives a power cut
    except sqlite3.Error:
        db.close()
        raise
    return db


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_journal(path: Path) -> bool:
    """Whether rows lie in the write-ahead log that are not in the database's own file."""
    try:
        return _journal(path).stat().st_size > 0
    except OSError:
        return False
