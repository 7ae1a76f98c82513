"""What a person reads when a campaign's folder is damaged, read-only or from another version."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.stores import content, damage, without_rights
from typer.testing import Result

from sassafras.cache import cached_files, prune
from sassafras.campaign.store.schema import SCHEMA_VERSION

Type = Callable[..., Result]

QUICK = ["--kernels", "fill_gpu,add_bias", "--modes", "RF,IOV", "--injections", "30", "--workers", "1"]


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    line = result.stderr.splitlines()[-1]
    assert line.startswith("error: ")
    assert "Traceback" not in result.output
    for word in words:
        assert word in line


@pytest.fixture
def finished(sassafras: Type, files: Any) -> Path:
    """A campaign in "study"."""
    result = sassafras("run", *files.options, *QUICK, "--out", "study")
    assert result.exit_code == 0, result.output
    return Path("study")


def test_a_damaged_page(sassafras: Type, files: Any, finished: Path) -> None:
    """Every command names the file and the way out; the way out leads to the very rows that were lost."""
    whole = content(finished)
    lost = damage(finished, b"single-bitthread")
    assert lost > 0
    before = (finished / "results.sqlite").read_bytes()
    for words in (
        ("run", *files.options, *QUICK, "--out", "study"),
        ("resume", "study", "--workers", "1"),
        ("status", "study"),
        ("export", "study"),
        ("merge", "saved", "study"),
    ):
        refused(
            sassafras(*words),
            "study/results.sqlite is damaged (database disk image is malformed",
            "sassafras merge --salvage NEW study",
        )
    assert (finished / "results.sqlite").read_bytes() == before
    assert not (finished / "export").exists() or not list((finished / "export").iterdir())
    salvaged = sassafras("merge", "--salvage", "saved", "study")
    assert salvaged.exit_code == 0, salvaged.output
    assert "saved: unfinished" in salvaged.stdout
    assert "go on with   sassafras resume saved" in salvaged.stdout
    resumed = sassafras("resume", "saved", "--workers", "1")
    assert resumed.exit_code == 0, resumed.output
    assert content(Path("saved")) == whole


def test_a_newer_version(sassafras: Type, files: Any, finished: Path) -> None:
    with closing(sqlite3.connect(finished / "results.sqlite")) as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(SCHEMA_VERSION + 1)])
        db.commit()
    for words in (
        ("run", *files.options, *QUICK, "--out", "study"),
        ("resume", "study"),
        ("status", "study"),
        ("export", "study"),
        ("merge", "new", "study"),
    ):
        refused(
            sassafras(*words),
            f"has schema {SCHEMA_VERSION + 1}, from a newer version of Sassafras",
            "update Sassafras",
        )
    assert not Path("new").exists()


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder that every user may reach."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        monkeypatch.chdir(folder)
        yield folder


def test_a_cache_that_cannot_be_looked_into(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds nothing, and nothing of it is removed."""
    folder = tmp_path / "shut"
    folder.mkdir(mode=0o700)
    (folder / "native-1.o").touch()
    monkeypatch.setenv("SASSAFRAS_CACHE", str(folder))
    assert cached_files("native-*.o") == [folder / "native-1.o"]
    folder.chmod(0)
    with without_rights(public):
        assert cached_files("native-*.o") == []
        prune("native-*", 0, timedelta(0))
    folder.chmod(0o700)
    assert (folder / "native-1.o").exists()


def test_a_read_only_folder(sassafras: Type, files: Any, public: Path, tmp_path: Path) -> None:
    sassafras("run", *files.options, *QUICK, "--out", "study")
    sassafras("resume", "study", "--workers", "1")  # whatever is imported late has been imported
    before = content(Path("study"))
    above = [path for path in tmp_path.parents if Path(tempfile.gettempdir()) in path.parents]
    for path in (tmp_path, *above, *tmp_path.rglob("*")):
        path.chmod(path.stat().st_mode | 0o055)  # the network and the images may be read by all
    with without_rights(public):
        assert "study: complete, 60 of 60" in sassafras("status", "study").stdout
        for words in (
            ("run", *files.options, *QUICK, "--out", "study"),
            ("run", *files.options, *QUICK, "--injections", "40", "--out", "study"),
            ("resume", "study", "--workers", "1"),
        ):
            refused(
                sassafras(*words), "study/results.sqlite cannot be written", "read-only", "copy the folder"
            )
        refused(
            sassafras("run", *files.options, *QUICK, "--out", "new"), "new cannot be made", "choose another"
        )
        refused(sassafras("merge", "new", "study"), "new cannot be made", "choose another")
        refused(sassafras("export", "study"), "study/export/injections.parquet cannot be written")
    assert content(Path("study")) == before
    assert sassafras("export", "study", "--out", public / "mine.csv").exit_code == 0
