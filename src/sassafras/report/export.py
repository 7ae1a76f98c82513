"""Stored rows in the formats of others. A new format: one writer, one line in ``WRITERS``."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import numpy as np

from sassafras.campaign.store.schema import columns_of
from sassafras.campaign.store.stored import Row, StoredCampaign
from sassafras.errors import CampaignError
from sassafras.faults.classes import FaultClass
from sassafras.faults.ids import number_of
from sassafras.simulation.columns import Column, ColumnType
from sassafras.whole_files import whole_file

WEIGHTS = (
    Column("faults", ColumnType.INTEGER, False, "of its kind, of which one was run", "faults"),
    Column("weight", ColumnType.REAL, False, "share of the population that its kind is", "weight"),
)
"""Columns of the rows of a whole population that was counted by classes, behind those of every row."""


@dataclass(frozen=True)
class RowTable:
    """A table of the store, ``injections`` or ``errors``: its columns, its rows as the store holds them (by
    id, to be read once), and what campaign they are of (JSON types).
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]
    campaign: dict[str, Any]


def row_table(stored: StoredCampaign, name: str) -> RowTable:
    """A table of an opened campaign, ``injections`` or ``errors``."""
    facts = stored.facts
    rows, columns = stored.rows(name), columns_of(name)
    if facts.classes and name == "injections":
        rows, columns = _with_weights(rows, facts.classes), (*columns, *WEIGHTS)
    campaign = {
        "fingerprint": facts.digest,
        "identity": dict(facts.fingerprint),
        "settings": facts.settings.model_dump(mode="json"),
    }
    return RowTable(name, columns, rows, campaign)


def _with_weights(rows: Iterator[Row], classes: Sequence[FaultClass]) -> Iterator[Row]:
    """The rows of a whole population, each with what its class has and weighs."""
    total = sum(one.weight for one in classes)
    for row in rows:
        one = classes[number_of(row[0])[1]]
        yield (*row, one.faults, one.weight / total)


def numbers_of(blob: bytes, vector: str) -> list[float]:
    """The numbers of a stored vector (``vector``: NumPy's name of them), as the shortest decimals that read
    back to the same bits. NaN and infinities stay what they are.
    """
    values = np.frombuffer(blob, vector)
    return values.tolist() if values.dtype.kind == "i" else [float(f"{value:.9g}") for value in values]


def decimals(blob: bytes | None, vector: str) -> str:
    """The same as text with blanks between; empty for None."""
    if not isinstance(blob, bytes):
        return ""
    return " ".join(f"{value:.9g}" for value in np.frombuffer(blob, vector))


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


def write_csv(file: IO[bytes], table: RowTable) -> int:
    """Write a table; returns how many rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.shown for column in table.columns)
    vectors = {k: column.vector for k, column in enumerate(table.columns) if column.vector}
    count = 0
    for row in table.rows:
        writer.writerow(decimals(value, vectors[k]) if k in vectors else value for k, value in enumerate(row))
        count += 1
    text.detach()
    return count


def write_json(file: IO[bytes], table: RowTable) -> int:
    """Write a table; returns how many rows."""
    head = {
        "campaign": table.campaign,
        "columns": {column.shown: column.comment for column in table.columns},
    }
    file.write(json.dumps(head, indent=1, allow_nan=False).removesuffix("\n}").encode())
    file.write(f',\n "{table.name}": ['.encode())
    count = 0
    for row in table.rows:
        text = json.dumps(_record(table.columns, row), allow_nan=False)
        file.write(f"{',' if count else ''}\n  {text}".encode())
        count += 1
    file.write(b"\n ]\n}\n")
    return count


def _record(columns: tuple[Column, ...], row: Row) -> dict[str, Any]:
    record = dict(zip((column.shown for column in columns), row, strict=True))
    if record.get("corrupted") is not None:
        record["corrupted"] = json.loads(record["corrupted"])
    for column in columns:
        if column.vector and (blob := record[column.shown]) is not None:
            record[column.shown] = [_number(value) for value in numbers_of(blob, column.vector)]
    return record


def _number(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


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
