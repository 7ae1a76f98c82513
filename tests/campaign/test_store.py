"""The store by itself: final rows, versions, files that are none."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.campaign.stores import FINGERPRINT, content, filled, new_store, row, settings

from sassafras.campaign.store.identity import digest_of
from sassafras.campaign.store.results import Store
from sassafras.campaign.store.schema import SCHEMA_VERSION, columns_of
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.campaign.store.stored import open_stored
from sassafras.errors import CampaignError
from sassafras.simulation.record import COLUMNS, SHOWN, injection_of


def test_every_column_is_explained() -> None:
    assert tuple(column.name for column in columns_of("injections")) == COLUMNS
    for table in ("meta", "inputs", "injections", "errors"):
        assert all(len(column.comment) >= 4 for column in columns_of(table))
    optional = {column.name for column in columns_of("injections") if column.optional}
    assert {"before", "output", "died_part"} < optional
    assert not optional & {"id", "mode", "outcome", "input"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE injections SET outcome = 'MASKED' WHERE id = 5",
        "UPDATE injections SET id = 900 WHERE id = 5",
        "DELETE FROM injections WHERE id = 5",
        "DELETE FROM injections",
        "INSERT INTO injections SELECT * FROM injections WHERE id = 5",
        "INSERT OR REPLACE INTO injections SELECT * FROM injections WHERE id = 5",
        "INSERT OR IGNORE INTO injections SELECT * FROM injections WHERE id = 5",
        "INSERT INTO errors VALUES (5, 'RF', 'also an injection')",
        "UPDATE errors SET message = 'nothing'",
        "DELETE FROM errors",
        "INSERT OR REPLACE INTO errors VALUES (50, 'IOV', 'another reason')",
        "INSERT INTO errors VALUES (50, 'IOV', 'twice')",
    ],
)
def test_rows_are_final_whoever_asks(tmp_path: Path, statement: str) -> None:
    filled(tmp_path, range(10))
    with closing(Store(tmp_path / STORE_NAME, FINGERPRINT)) as store:
        store.add([], [(50, "IOV", "not reached")])
    before = content(tmp_path)
    with closing(sqlite3.connect(tmp_path / STORE_NAME)) as db:
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|stored already"):
            db.execute(statement)
        db.rollback()
    assert content(tmp_path) == before


def test_an_error_is_never_injected_too(tmp_path: Path) -> None:
    with closing(new_store(tmp_path, settings())) as store:
        store.add([], [(3, "RF", "not reached")])
        with pytest.raises(CampaignError, match="another process has stored the same"):
            store.add([row(2), row(3)])
        assert store.known_ids() == {3}


def test_rows_of_an_older_store_become_final_with_the_next_writing(tmp_path: Path) -> None:
    filled(tmp_path, range(3))
    with closing(sqlite3.connect(tmp_path / STORE_NAME)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        assert len(names) == 6
        for name in names:
            db.execute(f"DROP TRIGGER {name}")
        db.commit()
    with closing(Store(tmp_path / STORE_NAME, FINGERPRINT)) as store:
        store.add([row(3)])
    with closing(sqlite3.connect(tmp_path / STORE_NAME)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("DELETE FROM injections")


def test_rows_and_facts_are_one_transaction(tmp_path: Path) -> None:
    with closing(new_store(tmp_path, settings())) as store:
        store.add([row(0)], facts={"seconds": {"inject": 1.0}})
        with pytest.raises(CampaignError):
            store.add([row(1), row(0)], facts={"seconds": {"inject": 2.0}})
        assert store.known_ids() == {0}
        assert store.meta("seconds") == {"inject": 1.0}


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    masked = row(1, outcome="MASKED", severity=None, before=None, confidence=None, probabilities=None)
    rows = [row(0), masked, row(2, sass="ä´\n,\"'", confidence=5e-324)]
    with closing(new_store(tmp_path, settings())) as store:
        store.add(rows)
        found = [tuple(r) for r in store.rows_between("injections", 0, 2)]
    assert [injection_of(dict(zip(SHOWN, values, strict=True))) for values in found] == rows
    assert [type(values[1]) for values in found] == [str] * 3  # a word, and no member of an enum


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (SCHEMA_VERSION + 1, "from a newer version of Sassafras .this one knows schema 5.; update Sassafras"),
        (0, "this version of Sassafras writes schema 5; choose another --out"),
        ("one", "this version of Sassafras writes schema 5; choose another --out"),
    ],
)
def test_a_store_of_another_version(tmp_path: Path, version: object, words: str) -> None:
    filled(tmp_path, range(3))
    with closing(sqlite3.connect(tmp_path / STORE_NAME)) as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (json.dumps(version),))
        db.commit()
    before = (tmp_path / STORE_NAME).read_bytes()
    with pytest.raises(CampaignError, match=words):
        Store(tmp_path / STORE_NAME, FINGERPRINT)
    with pytest.raises(CampaignError, match=words), open_stored(tmp_path):
        pass
    assert (tmp_path / STORE_NAME).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no database, but long enough to be one\n" * 30])
def test_reading_a_file_that_is_no_store(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STORE_NAME).write_bytes(content)
    words = "cannot be read as a campaign's store" if content else "is empty: .*sassafras run"
    with pytest.raises(CampaignError, match=words), open_stored(tmp_path):
        pass
    assert (tmp_path / STORE_NAME).read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == [STORE_NAME]


def test_reading_where_there_is_nothing(tmp_path: Path) -> None:
    words = "holds no campaign; make one with: sassafras run"
    with pytest.raises(CampaignError, match=words), open_stored(tmp_path / "nowhere"):
        pass
    assert not (tmp_path / "nowhere").exists()


def test_reading_changes_nothing(tmp_path: Path) -> None:
    filled(tmp_path, range(20))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with open_stored(tmp_path) as stored:
        assert len(list(stored.rows("injections"))) == 20
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            stored._db.execute("DELETE FROM meta")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_digest_is_of_all_that_decides_the_rows() -> None:
    assert digest_of(FINGERPRINT) == digest_of(dict(reversed(FINGERPRINT.items())))
    others = {digest_of(FINGERPRINT | {key: "x"}) for key in FINGERPRINT}
    assert len(others | {digest_of(FINGERPRINT)}) == 1 + len(FINGERPRINT)
    assert all(len(digest) == 16 for digest in others)
