"""What the cache returns is what was stored, or nothing."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.stores import without_rights

from sassafras import cache
from sassafras.workload.arena import open_arena


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


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SASSAFRAS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_dir() == tmp_path / "sassafras"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache.cache_dir() == tmp_path / "home" / ".cache" / "sassafras"


DAY = timedelta(days=1)


def aged(folder: Path, ages: Sequence[float]) -> None:
    """Files a0, a1, ... last used that many days ago and written long before."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, days in enumerate(ages):
        path = folder / f"a{number}"
        path.write_bytes(b"content")
        now = time.time()
        os.utime(path, (now - days * 86400, now - 1000 * 86400))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("keep", "left"),
    [(0, ["a1"]), (1, ["a1"]), (2, ["a0", "a1"]), (3, ["a0", "a1", "a3"]), (9, ["a0", "a1", "a2", "a3"])],
)
def test_the_last_used_stay_and_what_was_used_lately(folder: Path, keep: int, left: list[str]) -> None:
    aged(folder, [2, 0.5, 40, 3])
    cache.prune("a*", keep, DAY)
    assert names(folder) == left


def test_other_names_and_folders_stay(folder: Path) -> None:
    aged(folder, [100])
    (folder / "toolchain").mkdir()
    (folder / "b").write_bytes(b"")
    for path in (folder / "toolchain", folder / "b"):
        os.utime(path, (0, 0))
    cache.prune("a*", 0, DAY)
    assert names(folder) == ["b", "toolchain"]
    cache.prune("*", 0, DAY)
    assert names(folder) == ["toolchain"]


def test_reading_is_use_and_changes_nothing_else(folder: Path) -> None:
    cache.write_cached("a0", b"content")
    os.utime(folder / "a0", (0, 1000))
    assert cache.read_cached("a0") == b"content"
    assert (folder / "a0").stat().st_mtime == 1000
    cache.prune("a*", 0, DAY)
    assert names(folder) == ["a0"]


def test_a_mapped_file_stays_with_its_reader(folder: Path) -> None:
    aged(folder, [100])
    with (folder / "a0").open("rb") as reader:
        cache.prune("a*", 0, DAY)
        assert reader.read() == b"content"


def test_what_vanishes_meanwhile_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.prune("*", 0, DAY)  # not even the folder exists
    aged(folder, [100, 100])
    found = list(folder.glob("a*"))
    monkeypatch.setattr(Path, "glob", lambda _self, _pattern: iter([*found, folder / "gone"]))
    found[0].unlink()
    cache.prune("a*", 0, DAY)
    assert names(folder) == []
    cache.mark_used(folder / "gone")


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Files may not grow, as on a full disk."""
    folder.mkdir(parents=True, exist_ok=True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    folder.parent.parent.chmod(0o755)  # the tests' folders are their owner's alone
    with without_rights(folder):
        yield


@contextmanager
def a_file(folder: Path) -> Iterator[None]:
    folder.parent.write_bytes(b"a file in the way")
    yield


@pytest.mark.parametrize("obstacle", [a_file, read_only, full])
def test_a_folder_that_cannot_be_written_is_told_of_once(
    folder: Path, obstacle: Callable[[Path], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with obstacle(folder):
        for name in ("one", "two"):
            cache.write_cached(name, b"content" * 9999)
            cache.try_cache()
            assert cache.read_cached(name) is None
            assert open_arena(name, 4, lambda data: data.fill(7)).tolist() == [7] * 4
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"the cache {folder} cannot be written (")
    assert "\n" not in line
    assert line.endswith("SASSAFRAS_CACHE may name another folder")


@pytest.mark.parametrize("obstacle", [a_file, full])
def test_it_is_told_before_others_work(
    folder: Path, obstacle: Callable[[Path], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with obstacle(folder):
        cache.try_cache()
        cache.try_cache()
        cache.write_cached("thing", b"content")
    assert len(caplog.records) == 1


def test_a_folder_that_can_be_written_is_not_told_of(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache.try_cache()
    cache.write_cached("thing", b"content")
    assert not caplog.records
    assert names(folder) == ["thing"]


def test_processes_that_work_for_others_keep_quiet(folder: Path) -> None:
    """A worker in a process of its own says nothing; its parent has said it."""
    folder.parent.write_bytes(b"a file in the way")
    script = (
        "from tests.test_cache import Writer\n"
        "from sassafras.campaign.execution.workers import ProcessPool\n"
        "with ProcessPool(Writer(), 3) as pool: list(pool.map('write', [(k,) for k in range(9)]))\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"the cache {folder} cannot be written (")


class Writer:
    """A setup that is its own worker."""

    def start(self) -> Writer:
        return self

    def write(self, number: int) -> None:
        cache.write_cached(f"thing{number}", b"content")


def _write_in_a_worker(name: str) -> list[str]:
    """What a process of its own that works for another says of a folder that it cannot write."""
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("sassafras.cache").addHandler(handler)
    cache.write_cached(name, b"content")
    return told


def test_workers_keep_quiet(folder: Path) -> None:
    """Started anew, they know nothing of what has been said."""
    with a_file(folder):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.apply(_write_in_a_worker, ("one",)) == []
        assert len(_write_in_a_worker("one")) == 1
