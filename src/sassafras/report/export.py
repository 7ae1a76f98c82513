"""Stored rows in the formats of others. A new format: one writer, one line in ``WRITERS``."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import IO

from sassafras.campaign.store.stored import StoredCampaign
from sassafras.errors import CampaignError
from sassafras.report.rows import RowTable, row_table
from sassafras.report.rows_csv import write_csv
from sassafras.report.rows_json import write_json
from sassafras.whole_files import whole_file

FOLDER = "export"  #: inside the campaign's
_STORE_BEGINS = b"SQLite format 3\0"


class Format(StrEnum):
    """A file format; its value is the suffix."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"


class Table(StrEnum):
    """A table of the store."""

    INJECTIONS = "injections"
    ERRORS = "errors"


def _write_parquet(file: IO[bytes], table: RowTable) -> int:
    from sassafras.report.rows_parquet import write_parquet  # pyarrow takes a while to load

    return write_parquet(file, table)


WRITERS: dict[Format, Callable[[IO[bytes], RowTable], int]] = {
    Format.PARQUET: _write_parquet,
    Format.CSV: write_csv,
    Format.JSON: write_json,
}


def default_path(folder: Path, table: Table, kind: Format) -> Path:
    """Where a table goes unless the user says otherwise."""
    return folder / FOLDER / f"{table.value}.{kind.value}"


def export(stored: StoredCampaign, table: Table, kind: Format, path: Path) -> int:
    """Write all rows of a table, as of now, into a file that is whole or not there; returns how many.

    Raises CampaignError where the file cannot be written, and where it is a store.
    """
    try:
        if path.is_file() and _is_store(path):
            raise CampaignError(f"{path} is a campaign's store and is not overwritten; choose another --out")
        with whole_file(path) as file:
            return WRITERS[kind](file, row_table(stored, table.value))
    except OSError as error:
        raise CampaignError(f"{path} cannot be written ({error.strerror}); choose another --out") from error


def _is_store(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_STORE_BEGINS)) == _STORE_BEGINS
