"""Stores that are not whole: files that were cut (a full disk, a broken copy), pages that cannot be read.

SQLite refuses every page of a file that is shorter than its header says. Where the header tells of the pages
that are there, it gives back these, and refuses whatever goes on in one that is not (zeros in its place would
be taken for the rest of a row).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from sassafras.campaign.store.connection import Connection, open_to_read
from sassafras.campaign.store.whole_file import COUNT, cut_of, has_journal

NEEDED = ("schema", "fingerprint", "settings")  #: without these nobody knows what the rows are of


def connect_to_salvage(path: Path) -> Connection:
    """A connection that reads what is left of a damaged store; the file is not touched. Raises sqlite3.Error
    or OSError.
    """
    cut = cut_of(path)
    if cut is None or has_journal(path):
        try:
            return Connection(open_to_read(path, "mode=rw"))
        except sqlite3.OperationalError:
            return Connection(open_to_read(path, "immutable=1"))
        except sqlite3.DatabaseError:
            if cut is None:
                raise
    copy = tempfile.TemporaryDirectory(prefix="sassafras-")
    try:
        mended = Path(copy.name) / path.name
        shutil.copyfile(path, mended)
        with mended.open("r+b") as file:  # without its journal, whose pages stand on those that are lost
            file.truncate(cut.page * cut.there)
            file.seek(COUNT.start)
            file.write(cut.there.to_bytes(4, "big"))
        return Connection(open_to_read(mended, "mode=rw"), copy)
    except (sqlite3.Error, OSError):
        copy.cleanup()
        raise


def readable_facts(db: sqlite3.Connection) -> dict[str, Any]:
    """The JSON values of a store, by key: those that can be read."""
    found = {}
    with suppress(sqlite3.Error):
        for (number,) in db.execute("SELECT rowid FROM meta NOT INDEXED"):
            with suppress(sqlite3.Error, ValueError):
                key, value = db.execute("SELECT key, value FROM meta WHERE rowid = ?", (number,)).fetchone()
                found[key] = json.loads(value)
    return found


def can_be_salvaged(path: Path) -> bool:
    """Whether enough of a damaged store can be read to know what campaign it is of."""
    try:
        state = path.stat()
    except OSError:
        return False
    return _can_be_salvaged(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _can_be_salvaged(path: Path, size: int, changed: int) -> bool:
    del size, changed  # of the file, that another one of the same name is looked at again
    try:
        with closing(connect_to_salvage(path)) as connection:
            return readable_facts(connection.db).keys() >= set(NEEDED)
    except (sqlite3.Error, OSError):
        return False
