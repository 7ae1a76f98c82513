"""A campaign as its folder tells it, read without its network: for status, export and merge. Nothing is
changed, and another process may be writing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sassafras.campaign.design.from_store import CENSUS, CLASSES, STRATA, cells_of, design_of
from sassafras.campaign.design.lanes import Design
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.fidelity import FIDELITY, Fidelity, fidelity_from
from sassafras.campaign.store.connection import connect_to_read
from sassafras.campaign.store.cut_store import connect_to_salvage, readable_facts
from sassafras.campaign.store.data_frames import read_table
from sassafras.campaign.store.identity import digest_of
from sassafras.campaign.store.lock import Writer, is_being_written
from sassafras.campaign.store.results import FrameRow, check_version, read_meta, stored_json
from sassafras.campaign.store.schema import rows_between, select_from, stored_endings
from sassafras.campaign.store.store_errors import STORE_NAME, clearly, no_campaign
from sassafras.campaign.store.time_spent import KEY, stored_seconds
from sassafras.campaign.usage import USAGE, KernelUsage, usage_of
from sassafras.errors import CampaignError, typed
from sassafras.faults.census import Cell
from sassafras.faults.classes import FaultClass, classes_from
from sassafras.workload.source import Source, source_of

if TYPE_CHECKING:
    import pandas as pd

SELF_CHECK = "self_check"  #: key in the store: of the last start

Row = tuple[Any, ...]  #: values of a row, in the order of the table's columns


@dataclass(frozen=True)
class Facts:
    """What a store says of its campaign. ``source``: JSON, None where it was made from Python; ``writer``:
    who wrote last; ``merged``: what it was merged from (JSON). ``strata``: their names, one without a name
    if it is not stratified; ``census``: empty before the first profile; ``usage``, ``fidelity``: before
    the campaign has run to its end. ``classes``: of a whole population.
    """

    fingerprint: Mapping[str, Any]
    settings: Settings
    source: Mapping[str, Any] | None
    seconds: Mapping[str, float]
    writer: Writer | None
    merged: tuple[Mapping[str, Any], ...]
    strata: tuple[str, ...] = ("",)
    census: tuple[Cell, ...] = ()
    usage: tuple[KernelUsage, ...] = ()
    self_check: Mapping[str, Any] | None = None
    fidelity: Fidelity | None = None
    classes: tuple[FaultClass, ...] = ()

    @property
    def design(self) -> Design:
        """Which faults the settings ask for."""
        return design_of(self.settings, self.strata, self.census, self.classes)

    @property
    def digest(self) -> str:
        """The fingerprint for people."""
        return digest_of(self.fingerprint)


class StoredCampaign:
    """A campaign's store, opened to be read; see ``open_stored`` and ``open_store``."""

    def __init__(self, path: Path, db: sqlite3.Connection, *, salvage: bool = False) -> None:
        self.folder = path.parent
        self.path = path
        self._db = db
        self.facts = self._facts(salvage)

    def _facts(self, salvage: bool) -> Facts:
        with clearly(self.path, reading=True):
            if self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
                raise _empty(self.folder)
            known = readable_facts(self._db) if salvage else None
            keys = ("schema", "fingerprint", "settings", "source", KEY, "writer", "merged")
            found: dict[str, Any] = {
                key: stored_json(self._db, key) if known is None else known.get(key)
                for key in (*keys, STRATA, CENSUS, USAGE, SELF_CHECK, FIDELITY, CLASSES)
            }
            self.schema = found["schema"]
            check_version(self.path, self.schema, reading=True)
        found |= self._of_plain(found)
        return Facts(
            found["fingerprint"],
            settings_of(self.folder, None if found["fingerprint"] is None else found["settings"]),
            found["source"],
            stored_seconds(found[KEY]),
            Writer.of(found["writer"]),
            tuple(found["merged"] or ()),
            tuple(found[STRATA] or ("",)),
            cells_of(found[CENSUS]),
            usage_of(found[USAGE]),
            found[SELF_CHECK],
            fidelity_from(found[FIDELITY]),
            classes_from(found[CLASSES]),
        )

    def _of_plain(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Settings and source where this is the store of a hardened program (``DIR/harden/*.sqlite``) that
        does not say: what the campaign in ``DIR`` says.
        """
        missing = [key for key in ("settings", "source") if found[key] is None]
        plain = self.folder.parent / STORE_NAME
        if not missing or self.path.name == STORE_NAME or not plain.is_file():
            return {}
        return {key: read_meta(plain, key) for key in missing}

    @property
    def source(self) -> Source | None:
        """Where its workload and inputs came from; None where it was made in Python and not described.
        Raises CampaignError where it was described by another version.
        """
        try:
            return None if self.facts.source is None else source_of(self.facts.source)
        except ValidationError as error:
            raise _of_another_version(self.folder, error) from None

    @property
    def being_written(self) -> bool:
        """Whether some process writes now."""
        return is_being_written(self.path)

    def ids(self, table: str) -> set[int]:
        """Ids of ``injections`` or ``errors``."""
        with clearly(self.path, reading=True):
            return {row[0] for row in self._db.execute(f"SELECT id FROM {table}")}  # noqa: S608

    def last_id(self, table: str) -> int:
        """The largest id of ``injections`` or ``errors``, -1 without any."""
        with clearly(self.path, reading=True):
            (last,) = self._db.execute(f"SELECT MAX(id) FROM {table}").fetchone()  # noqa: S608
        return -1 if last is None else int(last)

    def frame(self, table: str) -> pd.DataFrame:
        """All rows of ``injections`` or ``errors``, columns under the names that are shown."""
        with clearly(self.path, reading=True):
            return read_table(self._db, table)

    def endings(self) -> dict[int, str | None]:
        """How every stored fault ended, by id (see ``stored_endings``)."""
        with clearly(self.path, reading=True):
            return stored_endings(self._db)

    def frames(self) -> list[FrameRow]:
        """The frames and their golden results."""
        with clearly(self.path, reading=True):
            return list(self._db.execute("SELECT * FROM inputs ORDER BY input"))

    def rows(self, table: str) -> Iterator[Row]:
        """All rows of ``injections`` or ``errors`` as of now, ordered by id."""
        with clearly(self.path, reading=True):
            yield from self._db.execute(f"{select_from(table)} ORDER BY id")

    def pieces(self, table: str, size: int) -> Iterator[list[Row]]:
        """The same rows in pieces of at most ``size``."""
        ids = sorted(self.ids(table))
        for start in range(0, len(ids), size):
            yield self.rows_between(table, ids[start], ids[start : start + size][-1])

    def rows_between(self, table: str, first: int, last: int) -> list[Row]:
        """Rows with ids from first to last, both included, ordered by id."""
        with clearly(self.path, reading=True):
            return rows_between(self._db, table, first, last)


def settings_of(folder: Path, stored: Any) -> Settings:
    """The settings from the JSON in the store of that folder. Raises CampaignError where there are none, or
    of another version.
    """
    if stored is None:
        raise CampaignError(
            f"{folder} does not say what its campaign was made of; "
            "give the command that made it once more (sassafras run ...)"
        )
    try:
        return Settings.from_store(stored)
    except ValidationError as error:
        raise _of_another_version(folder, error) from None


def _of_another_version(folder: Path, error: ValidationError) -> CampaignError:
    reason = error.errors()[0]
    return CampaignError(
        f"{folder} is a campaign of another version ({reason['loc'][0]}: {reason['msg']}); "
        "run it again into another folder"
    )


def check_folder(folder: Path) -> Path:
    """The store of a campaign's folder. Raises CampaignError where there is none, or one without anything in
    it.
    """
    path = folder / STORE_NAME
    if not path.is_file():
        raise no_campaign(folder)
    if path.stat().st_size == 0:
        raise _empty(folder)
    return path


def _empty(folder: Path) -> CampaignError:
    return CampaignError(
        f"{folder / STORE_NAME} is empty: its campaign was stopped before anything was stored; begin it "
        f"again with the command that made it ({typed('run', '--out', folder)} ...)"
    )


@contextmanager
def open_stored(folder: Path, *, salvage: bool = False) -> Iterator[StoredCampaign]:
    """Open a folder's campaign to read it. ``salvage``: of a damaged one what can be read. Raises
    CampaignError where there is none, or none that can be read.
    """
    with open_store(check_folder(folder), salvage=salvage) as stored:
        yield stored


@contextmanager
def open_store(path: Path, *, salvage: bool = False) -> Iterator[StoredCampaign]:
    """Open a store itself, as ``open_stored`` does. Raises CampaignError."""
    with clearly(path, reading=True):
        connection = connect_to_salvage(path) if salvage else connect_to_read(path)
    try:
        connection.db.execute("BEGIN")  # all that is read is of one moment
        yield StoredCampaign(path, connection.db, salvage=salvage)
    finally:
        connection.close()
