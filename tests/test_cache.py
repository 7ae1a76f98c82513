"""What the cache returns is what was stored, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sassafras import cache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    chosen = tmp_path / "not" / "yet"
    monkeypatch.setenv("SASSAFRAS_CACHE", str(chosen))
    return chosen


def test_stored_bytes_come_back(folder: Path) -> None:
    assert cache.read_cached("thing") is None
    for content in (b"first", b"", bytes(range(256))):
        cache.write_cached("thing", content)
        assert cache.read_cached("thing") == content
    assert [path.name for path in folder.iterdir()] == ["thing"], "a temporary file was left behind"


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_damaged_bytes_count_as_none(folder: Path, damage: bytes) -> None:
    cache.write_cached("thing", b"content")
    (folder / "thing").write_bytes(damage)
    assert cache.read_cached("thing") is None


def test_a_folder_that_cannot_be_made_is_no_error(folder: Path) -> None:
    folder.parent.write_bytes(b"a file in the way")
    cache.write_cached("thing", b"content")
    assert cache.read_cached("thing") is None


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SASSAFRAS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_dir() == tmp_path / "sassafras"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache.cache_dir() == tmp_path / "home" / ".cache" / "sassafras"
