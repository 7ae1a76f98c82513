"""What can go wrong with a store, in one line each: what, where, and the way out."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sassafras.errors import CampaignError, typed

STORE_NAME = "results.sqlite"  #: file of a campaign's rows, inside its folder

_PRIMARY = 0xFF  #: SQLite's extended result codes carry the primary one in the low byte
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)  #: what a full disk may look like from above
_FEW_BYTES = 1 << 20  #: with less than this left a disk is called full


_NAMED = 3  #: campaigns in a folder that are named


def no_campaign(place: Path) -> CampaignError:
    """That a place holds no campaign, and what to give instead."""
    if place.is_file():
        own = f"the campaign: {place.parent}" if place.name == STORE_NAME else "a campaign"
        return CampaignError(f"{place} is a file; give the folder of {own}")
    inside = sorted(place.iterdir()) if place.is_dir() else []
    campaigns = [str(folder) for folder in inside if (folder / STORE_NAME).is_file()]
    if campaigns:
        more = f" and {len(campaigns) - _NAMED} more" if len(campaigns) > _NAMED else ""
        named = ", ".join(campaigns[:_NAMED]) + more
        return CampaignError(f"{place} holds no campaign; those in it are {named}")
    if inside:
        return CampaignError(f"{place} holds no campaign; give the folder of one")
    return CampaignError(f"{place} holds no campaign; make one with: {typed('run', '--out', place)}")


@contextmanager
def clearly(path: Path, *, reading: bool = False) -> Iterator[None]:
    """Turn what SQLite says of the store in that file into a CampaignError of one clear line. ``reading``:
    nobody wants to write into it.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise complaint(path, error, reading=reading) from error


def code_of(error: sqlite3.Error) -> int | None:
    """SQLite's primary result code; None for errors of Python's own."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def complaint(path: Path, error: sqlite3.Error, *, reading: bool = False) -> CampaignError:
    """The error for people: what is wrong with the store in that file, and the way out."""
    code = code_of(error)
    if code == sqlite3.SQLITE_FULL or (code in _NO_ROOM and _is_full(path)):
        return CampaignError(
            f"{path}: the disk is full; what was stored before is safe: free some space, then {again(path)}"
        )
    if code == sqlite3.SQLITE_IOERR:
        name = getattr(error, "sqlite_errorname", "")
        return CampaignError(
            f"{path}: the system refuses to read or write it ({error}, {name}: a quota, a limit on the size "
            "of files, or a failing disk); what was stored before is safe: put that right, then "
            f"{again(path)}"
        )
    if code in _READ_ONLY:
        return CampaignError(
            f"{path} cannot be written ({error}: the folder or the file is read-only for you); what it holds "
            "is safe: copy the folder to where you may write and go on there, or choose another --out"
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}:
        return CampaignError(
            f"{path} is in use by another program ({error}); wait for it, then {again(path)}"
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path, str(error))
    if reading:
        return CampaignError(
            f"{path} cannot be read as a campaign's store ({error}); if it was one, nothing of it can be "
            f"saved: {afresh(path)}"
        )
    return CampaignError(f"{path} cannot be used as a campaign's store ({error}); choose another --out")


def damaged(path: Path, how: str) -> CampaignError:
    """The error of a store that cannot be read in full: what can be saved of it, if anything, and how."""
    from sassafras.campaign.store.cut_store import can_be_salvaged

    if path.name == STORE_NAME and can_be_salvaged(path):
        way = (
            f"save what is readable into a new folder with: {typed('merge', '--salvage', 'NEW', path.parent)}"
        )
    else:
        way = f"nothing of it can be saved: {afresh(path)}"
    return CampaignError(f"{path} is damaged ({how}); {way}")


def afresh(path: Path) -> str:
    """What to do where a store is lost."""
    if path.name == STORE_NAME:
        return "run the campaign again into another folder; the same options give the same rows"
    return "remove it and give the command that made it again; the same options give the same rows"


def again(path: Path) -> str:
    """How to go on with the campaign in that store."""
    line = "run the same command again to go on"
    return f"{line} (or: {typed('resume', path.parent)})" if path.name == STORE_NAME else line


def _is_full(path: Path) -> bool:
    """Whether the disk below a file has no room (where it is not even there, nothing can be said)."""
    try:
        return shutil.disk_usage(path.parent).free < _FEW_BYTES
    except OSError:
        return False
