"""One writer at a time: a lock that the system takes back when its process ends, however it ends."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sassafras.campaign.store.store_errors import clearly, code_of
from sassafras.errors import CampaignError, typed

LOCK_SECONDS = 1.0  #: to wait for one who only looks whether the lock is taken


@dataclass(frozen=True)
class Writer:
    """A process that writes into a store: its number, its machine, since when (UTC, ISO 8601)."""

    process: int
    host: str
    since: str

    @classmethod
    def here(cls) -> Writer:
        """This process, now."""
        return cls(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"))

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Writer | None:
        """From the store's JSON, None where it says nothing."""
        return None if stored is None else cls(stored["process"], stored["host"], stored["since"])

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}, since {self.since}"


class WriterLock:
    """The right to write into a store. SQLite's own locks on an empty file beside it: they work on every
    system, end with their process, and are not inherited by forked workers.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._db: sqlite3.Connection | None = None

    def take(self) -> bool:
        """Take the lock; False when another process has it. CampaignError where the folder is read-only."""
        with clearly(self._store):
            db = sqlite3.connect(lock_file(self._store), timeout=LOCK_SECONDS, isolation_level=None)
            try:
                db.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                db.close()
                if code_of(error) == sqlite3.SQLITE_BUSY:
                    return False
                raise
        self._db = db
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._db is not None:
            self._db.close()
            self._db = None


def lock_file(store: Path) -> Path:
    """The file that is locked; it stays, and stays empty."""
    return store.with_name(f"{store.name}.lock")


def is_being_written(store: Path) -> bool:
    """Whether some process holds the lock of a store. Changes nothing."""
    path = lock_file(store)
    if not path.is_file():
        return False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as db:
        try:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            return code_of(error) == sqlite3.SQLITE_BUSY
    return False


def in_use(store: Path, writer: Writer | None) -> CampaignError:
    """The error of the second who wants to write. ``writer``: the first, where known."""
    who = "another process" if writer is None else str(writer)
    return CampaignError(
        f"{store.parent} is being written by {who}; wait until it is done or stop it "
        f"({typed('status', store.parent)} tells how far it is)"
    )
