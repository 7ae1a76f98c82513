"""Whether a database's file is all there.

SQLite refuses a file that lacks a page. One that lacks a part of its last page it takes, with zeros for what
is lost: rows would be wrong, and nobody would know.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sassafras.campaign.store.store_errors import damaged

COUNT = slice(28, 32)  #: of the header: how many pages there are
_MAGIC = b"SQLite format 3\0"
_CHANGED, _COUNTED = slice(24, 28), slice(92, 96)  #: equal where SQLite itself believes that number


@dataclass(frozen=True)
class Cut:
    """A file that was cut: bytes of a page, pages that are there in full, pages that there should be."""

    page: int
    there: int
    of: int


def cut_of(path: Path) -> Cut | None:
    """How a database's file was cut; None of a whole one, and where it cannot be said."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
        size = path.stat().st_size
    except OSError:
        return None
    if len(header) < 100 or not header.startswith(_MAGIC) or header[_CHANGED] != header[_COUNTED]:
        return None
    page, count = int.from_bytes(header[16:18], "big"), int.from_bytes(header[COUNT], "big")
    page = 65536 if page == 1 else page
    return Cut(page, size // page, count) if page and size < page * count else None


def has_journal(path: Path) -> bool:
    """Whether a transaction lies beside a database's own file, or is being written into it: then the file
    says nothing.
    """
    for ending in ("-wal", "-journal"):
        try:
            if path.with_name(f"{path.name}{ending}").stat().st_size > 0:
                return True
        except OSError:
            continue
    return False


def check_whole(path: Path) -> None:
    """Raise CampaignError for a file that was cut."""
    cut = cut_of(path)
    if cut is not None and not has_journal(path):
        raise damaged(path, f"it ends too early: {cut.there} of its {cut.of} pages are whole")
