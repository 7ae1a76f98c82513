"""A store's file that was cut: what is recommended can be done, and what is saved is what was stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.campaign.stores import content, filled, settings

from sassafras.campaign.finished import read_finished
from sassafras.campaign.merge import merge
from sassafras.campaign.status import read_status
from sassafras.campaign.store.cut_store import can_be_salvaged
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.campaign.store.whole_file import Cut, cut_of
from sassafras.errors import CampaignError

PAGE = 4096


def cut(whole: Path, folder: Path, length: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / STORE_NAME).write_bytes((whole / STORE_NAME).read_bytes()[:length])
    return folder


def closed(folder: Path) -> int:
    """All of a store in its one file; the size of that."""
    with closing(sqlite3.connect(folder / STORE_NAME)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    return (folder / STORE_NAME).stat().st_size


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """600 rows, each with probabilities of 1000 classes: most of them goes on in other pages."""
    blob = np.arange(1, 1001, dtype="<f4").tobytes()
    folder = filled(tmp_path / "whole", range(600), settings(200), probabilities=blob)
    closed(folder)
    return folder


def test_what_is_recommended_can_be_done(whole: Path, tmp_path: Path) -> None:
    """At every length: rows that are salvaged are those that were stored, bit for bit."""
    size = (whole / STORE_NAME).stat().st_size
    stored = set(content(whole)["injections"])
    saved_at = []
    lengths = [1, 99, 100, 512, PAGE - 1, PAGE, 3 * PAGE, *range(8 * PAGE, size, size // 9)]
    for number, length in enumerate([*lengths, size - PAGE, size - 1]):
        folder = cut(whole, tmp_path / f"cut{number}", length)
        before = (folder / STORE_NAME).read_bytes()
        with pytest.raises(CampaignError) as refused:
            read_status(folder)
        said = str(refused.value)
        new = tmp_path / f"new{number}"
        if "--salvage" in said:
            (part,) = merge(new, [folder], salvage=True)
            rows = set(content(new)["injections"])
            assert rows <= stored
            assert len(rows) == part.injections
            assert read_status(new).settings == settings(200)
            saved_at.append(part.injections)
        else:
            lost = "nothing of it can be saved: run the campaign again into another folder"
            assert (lost if length > 1 else "begin it again") in said  # SQLite calls one byte an empty file
            with pytest.raises(CampaignError, match=r"run.* again"):
                merge(new, [folder], salvage=True)
            assert not new.exists()
        assert (folder / STORE_NAME).read_bytes() == before
    assert saved_at == sorted(saved_at)
    assert len(saved_at) > 5
    assert saved_at[-1] > 590


@pytest.mark.parametrize("read", [read_status, read_finished])
def test_an_empty_file_and_no_database(read: Callable[[Path], Any], tmp_path: Path) -> None:
    (tmp_path / STORE_NAME).write_bytes(b"")
    with pytest.raises(CampaignError, match="again"):
        read(tmp_path)
    (tmp_path / STORE_NAME).write_bytes(b"no database" * 1000)
    with pytest.raises(
        CampaignError, match=r"file is not a database.*nothing of it can be saved: run the campaign"
    ):
        read(tmp_path)


def test_a_store_of_a_harden_folder(whole: Path, tmp_path: Path) -> None:
    """`merge` takes folders of campaigns; of such a store it is not said."""
    (tmp_path / "harden").mkdir()
    place = tmp_path / "harden" / "gemm=tmr.sqlite"
    place.write_bytes((whole / STORE_NAME).read_bytes()[: -2 * PAGE])
    with pytest.raises(
        CampaignError, match=r"is damaged.*remove it and give the command that made it again"
    ) as said:
        read_finished(place)
    assert "salvage" not in str(said.value)


def test_a_whole_file_is_called_one(whole: Path) -> None:
    path = whole / STORE_NAME
    assert cut_of(path) is None
    assert can_be_salvaged(path)
    pages = path.stat().st_size // PAGE
    path.write_bytes(path.read_bytes()[:-1])
    assert cut_of(path) == Cut(PAGE, pages - 1, pages)


def test_facts_that_are_cut_off(tmp_path: Path) -> None:
    """What can be found again (here: the census) may be lost."""
    folder = filled(tmp_path / "run", range(30))
    with closing(sqlite3.connect(folder / STORE_NAME)) as db:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('census', ?)", ("[" + " " * 9 * PAGE + "]",))
        db.commit()
    size = closed(folder)
    cut(folder, folder, size - PAGE)
    (part,) = merge(tmp_path / "new", [folder], salvage=True)
    assert part.injections == 30
    assert content(tmp_path / "new")["inputs"]
