"""Rows in the formats of others: read back, they are the store's."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.campaign.stores import FINGERPRINT, content, filled, new_store, row, settings

from sassafras.campaign.store.identity import digest_of
from sassafras.campaign.store.schema import columns_of
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.campaign.store.stored import Row, StoredCampaign, open_stored
from sassafras.errors import CampaignError
from sassafras.report import rows_parquet
from sassafras.report.export import Format, Table, default_path, export
from sassafras.simulation.record import SHOWN

PROBABILITIES = [0.1, 1 / 3, math.nan, math.inf, -math.inf, 0.0, 1e-40]  # as in tests.campaign.stores


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every kind of value: missing ones, NaN, quotes, line ends, letters beyond ASCII."""
    nothing: dict[str, Any] = dict.fromkeys(
        column.name for column in columns_of("injections") if column.optional
    )
    with closing(new_store(tmp_path / "run", settings())) as store:
        store.add([row(0), row(1, outcome="MASKED", **nothing), row(2, sass='ä,"b"\nc', confidence=5e-324)])
        store.add([row(number) for number in range(3, 10)], [(30, "RF", 'said: "no", twice')])
    return tmp_path / "run"


def exported(folder: Path, kind: Format, table: Table = Table.INJECTIONS) -> Path:
    path = default_path(folder, table, kind)
    with open_stored(folder) as stored:
        count = export(stored, table, kind, path)
    assert count == len(content(folder)[table.value])
    return path


def test_parquet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_parquet, "GROUP", 4)  # several groups, the last one not full
    table = pq.read_table(exported(folder, Format.PARQUET))
    stored = content(folder)["injections"]
    assert tuple(table.column_names) == SHOWN
    for number, column in enumerate(columns_of("injections")):
        field = table.schema.field(column.shown)
        assert field.metadata == {b"comment": column.comment.encode()}
        assert field.nullable == column.optional
        found = table.column(column.shown).to_pylist()
        if column.name == "output":
            found = [None if value is None else np.array(value, "<f4").tobytes() for value in found]
        assert found == [values[number] for values in stored]
    kinds = {str(table.schema.field(name).type) for name in SHOWN}
    assert kinds == {"int64", "double", "string", "list<element: float>", "list<element: int32>"}
    about = json.loads(table.schema.metadata[b"sassafras"])
    assert about["fingerprint"] == digest_of(FINGERPRINT)
    assert about["identity"] == FINGERPRINT
    assert about["settings"]["injections"] == 100


def test_csv(folder: Path) -> None:
    data = exported(folder, Format.CSV).read_bytes()
    assert b"\r" not in data
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    assert tuple(head) == SHOWN
    kinds: dict[str, Callable[[str], Any]] = {
        "INTEGER": int,
        "REAL": float,
        "TEXT": str,
        "BLOB": from_decimals,
    }
    read = [
        tuple(
            None if text == "" else kinds[column.type](text)
            for text, column in zip(texts, columns_of("injections"), strict=True)
        )
        for texts in rows
    ]
    assert read == content(folder)["injections"]


def from_decimals(text: str) -> bytes:
    return np.array([float(word) for word in text.split(" ")], "<f4").tobytes()


def test_json(folder: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    text = exported(folder, Format.JSON).read_text("utf-8")
    found = json.loads(text, parse_constant=refuse)
    assert found["campaign"]["fingerprint"] == digest_of(FINGERPRINT)
    assert found["columns"] == {column.shown: column.comment for column in columns_of("injections")}
    assert found["injections"][0]["probabilities"][2:5] == ["NaN", "Infinity", "-Infinity"]
    assert found["injections"][0]["corrupted"] == {"2": 1, "3": 17}
    assert found["injections"][1]["corrupted"] is None
    for record, stored in zip(found["injections"], content(folder)["injections"], strict=True):
        if record["corrupted"] is not None:
            record["corrupted"] = json.dumps(record["corrupted"])
        if record["probabilities"] is not None:
            values = [float(value) for value in record["probabilities"]]
            record["probabilities"] = np.array(values, "<f4").tobytes()
        assert tuple(record[name] for name in SHOWN) == stored


@pytest.mark.parametrize("kind", Format)
def test_errors(folder: Path, kind: Format) -> None:
    path = exported(folder, kind, Table.ERRORS)
    if kind is Format.PARQUET:
        found = pq.read_table(path).to_pylist()
    elif kind is Format.JSON:
        found = json.loads(path.read_text())["errors"]
    else:
        found = [r | {"id": int(r["id"])} for r in csv.DictReader(io.StringIO(path.read_text()))]
    assert found == [{"id": 30, "mode": "RF", "message": 'said: "no", twice'}]


@pytest.mark.parametrize("kind", Format)
def test_nothing_to_write(tmp_path: Path, kind: Format) -> None:
    new_store(tmp_path, settings()).close()
    path = exported(tmp_path, kind)
    if kind is Format.PARQUET:
        assert pq.read_table(path).num_rows == 0
        assert tuple(pq.read_table(path).column_names) == SHOWN
    elif kind is Format.JSON:
        assert json.loads(path.read_text())["injections"] == []
    else:
        assert path.read_text() == ",".join(SHOWN) + "\n"


@pytest.mark.parametrize("kind", Format)
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, kind: Format) -> None:
    """However they were stored: in one go, or in pieces and out of order."""
    filled(tmp_path / "one", range(20))
    with closing(new_store(tmp_path / "two", settings())) as store:
        for number in (7, 19, *range(7), *range(8, 19)):
            store.add([row(number)])
    assert exported(tmp_path / "one", kind).read_bytes() == exported(tmp_path / "two", kind).read_bytes()


@pytest.mark.parametrize("kind", Format)
def test_a_file_is_whole_or_not_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Format
) -> None:
    """Whatever stops the writing: an older file stays, and nothing half is left."""
    old = tmp_path / "old"
    old.write_text("older")

    def stopped(stored: StoredCampaign, table: str) -> Iterator[Row]:
        yield from stored.rows_between(table, 0, 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(StoredCampaign, "rows", stopped)
    with open_stored(folder) as stored, pytest.raises(KeyboardInterrupt):
        export(stored, Table.INJECTIONS, kind, old)
    assert old.read_text() == "older"
    assert {path.name for path in tmp_path.iterdir()} == {"old", "run"}


def test_a_store_is_not_overwritten(folder: Path) -> None:
    before = (folder / STORE_NAME).read_bytes()
    with (
        open_stored(folder) as stored,
        pytest.raises(CampaignError, match="is a campaign's store and is not"),
    ):
        export(stored, Table.INJECTIONS, Format.CSV, folder / STORE_NAME)
    assert (folder / STORE_NAME).read_bytes() == before


def test_a_place_that_cannot_be_written(folder: Path) -> None:
    with open_stored(folder) as stored:
        for path in (folder / STORE_NAME / "x.csv", folder):
            with pytest.raises(CampaignError, match=r"cannot be written \(.*\); choose another --out"):
                export(stored, Table.INJECTIONS, Format.CSV, path)
