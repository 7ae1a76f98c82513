"""A full disk, a folder without rights, a second writer, a damaged page: one clear line, and nothing lost."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.campaign.stores import (
    FINGERPRINT,
    content,
    damage,
    filled,
    new_store,
    row,
    settings,
    without_rights,
)

from sassafras.campaign.merge import merge
from sassafras.campaign.status import read_status
from sassafras.campaign.store.results import Store
from sassafras.campaign.store.store_errors import STORE_NAME, complaint
from sassafras.campaign.store.stored import open_stored
from sassafras.errors import CampaignError

ROOT = Path(__file__).parents[2]


def reopened(folder: Path) -> Store:
    return Store(folder / STORE_NAME, FINGERPRINT)


@contextmanager
def largest_file(nbytes: int) -> Iterator[None]:
    """No file of this process grows beyond a size: a limit of the system, met like a full disk or a quota."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (nbytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def add_without_end(store: Store) -> None:
    """Rows one by one, until one cannot be stored."""
    for number in range(10_000):
        store.add([row(number)])


def test_no_room_for_a_file_to_grow(tmp_path: Path) -> None:
    """Rows until the system refuses; what was stored stays, and goes on when there is room."""
    with closing(new_store(tmp_path, settings())) as store:
        with largest_file(200_000), pytest.raises(CampaignError) as caught, store.writing():
            add_without_end(store)
        stored = len(store.known_ids())
        line = str(caught.value)
        assert re.search(
            r"results\.sqlite: the system refuses to read or write it .*a limit on the size", line
        )
        assert f"(or: sassafras resume {tmp_path})" in line
        assert 20 < stored < 10_000
        assert store.known_ids() == set(range(stored))
        store.add([row(stored)])
    assert [r[0] for r in content(tmp_path)["injections"]] == list(range(stored + 1))


def test_a_full_database(tmp_path: Path) -> None:
    """SQLite's own word for a full disk."""
    with closing(new_store(tmp_path, settings())) as store:
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(CampaignError, match=r"results\.sqlite: the disk is full; .*sassafras resume"):
            add_without_end(store)
        stored = len(store.known_ids())
        assert 0 < stored < 1000
    assert [r[0] for r in content(tmp_path)["injections"]] == list(range(stored))
    with closing(reopened(tmp_path)) as store:
        store.add([row(stored)])


@pytest.mark.parametrize("free", [0, 1 << 30])
def test_an_error_of_the_disk_is_called_full_only_when_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_IOERR_SHMSIZE, "SQLITE_IOERR_SHMSIZE"
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("sassafras.campaign.store.store_errors.shutil.disk_usage", lambda _: usage)
    line = str(complaint(tmp_path / STORE_NAME, error))
    assert ("the disk is full" in line) == (free == 0)
    assert ("SQLITE_IOERR_SHMSIZE" in line) == (free > 0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may reach."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


def test_a_read_only_folder_is_read_and_never_written(open_folder: Path) -> None:
    folder = filled(open_folder / "run", range(30))
    before = content(folder)
    with without_rights(folder):
        with pytest.raises(PermissionError):
            (folder / "file").touch()  # else this test proves nothing
        assert read_status(folder).modes[0].injected == 10
        with closing(reopened(folder)) as store:
            assert len(store.injections()) == 30
            with pytest.raises(CampaignError) as caught:
                store.add([row(30)])
            with pytest.raises(CampaignError, match="cannot be written"), store.writing():
                pass
    assert re.search(
        r"results\.sqlite cannot be written .*read-only.* copy the folder to where", str(caught.value)
    )
    assert content(folder) == before


def test_a_read_only_folder_without_a_store(open_folder: Path) -> None:
    folder = open_folder / "run"
    folder.mkdir()
    with (
        without_rights(folder),
        pytest.raises(CampaignError, match=r"cannot be written .*choose another --out"),
    ):
        reopened(folder)
    assert not list(folder.iterdir())


WRITER = """
import sys
from tests.campaign.stores import FINGERPRINT, row
from sassafras.campaign.store.results import Store
from pathlib import Path
store = Store(Path(sys.argv[1]), FINGERPRINT)
with store.writing():
    store.add([row(60)])
    print("writing", flush=True)
    sys.stdin.readline()
    store.add([row(61)])
print("done", flush=True)
sys.stdin.readline()
"""


@contextmanager
def writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes, until it is told to go on."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder / STORE_NAME)],
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    filled(tmp_path, range(10))
    with writer(tmp_path) as first, closing(reopened(tmp_path)) as second:
        with pytest.raises(CampaignError) as caught:
            second.add([row(70)])
        who = f"process {first.pid} on {socket.gethostname()}, since 20"
        assert f"{tmp_path} is being written by {who}" in str(caught.value)
        assert "sassafras status" in str(caught.value)
        # What is stored can be read meanwhile.
        found = read_status(tmp_path)
        assert found.running
        assert found.writer is not None
        assert found.writer.process == first.pid
        assert second.known_ids() == {*range(10), 60}
        assert first.stdin is not None and first.stdout is not None
        first.stdin.write("\n")
        first.stdin.flush()
        assert first.stdout.readline() == "done\n"
        second.add([row(70)])
        assert second.known_ids() == {*range(10), 60, 61, 70}
        assert not read_status(tmp_path).running


def test_a_killed_writer_keeps_nobody_out(tmp_path: Path) -> None:
    filled(tmp_path, range(10))
    with writer(tmp_path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert not read_status(tmp_path).running
        with closing(reopened(tmp_path)) as store:
            assert store.known_ids() == {*range(10), 60}
            store.add([row(61)])


def test_two_stores_of_one_process(tmp_path: Path) -> None:
    filled(tmp_path, range(3))
    with closing(reopened(tmp_path)) as one, closing(reopened(tmp_path)) as two:
        with one.writing():
            with one.writing():
                one.add([row(3)])
            with pytest.raises(CampaignError, match=f"process {os.getpid()} on"):
                two.add([row(4)])
            one.add([row(5)])
        two.add([row(4)])
        assert one.known_ids() == two.known_ids() == {0, 1, 2, 3, 4, 5}


def numbered(folder: Path, count: int) -> Path:
    """A store whose rows tell their number in their text."""
    with closing(new_store(folder, settings(count // 3))) as store:
        store.add([row(number, sass=f"STG.E [R{number}], R0") for number in range(count)])
    return folder


def test_a_damaged_page(tmp_path: Path) -> None:
    """Said by every way of reading; what is readable is saved elsewhere, the damaged file is left alone."""
    count = 630
    folder, whole = numbered(tmp_path / "run", count), content(numbered(tmp_path / "whole", count))
    lost = damage(folder, b"STG.E [R")
    assert 3 < lost < 60
    before = (folder / STORE_NAME).read_bytes()
    path = re.escape(str(folder / STORE_NAME))
    words = (
        rf"{path} is damaged \(database disk image is malformed\); save what is readable into"
        rf" a new folder with: sassafras merge --salvage NEW {re.escape(str(folder))}"
    )
    with closing(reopened(folder)) as store:
        with pytest.raises(CampaignError, match=r"is damaged \(.*[Pp]age.*\); save what is"):
            store.check()
        for read in (store.known_ids, store.injections):
            with pytest.raises(CampaignError, match=words):
                read()
    with pytest.raises(CampaignError, match=words):
        read_status(folder)
    with pytest.raises(CampaignError, match=words), open_stored(folder) as stored:
        list(stored.rows("injections"))
    with pytest.raises(CampaignError, match=words):
        merge(tmp_path / "merged", [folder])
    assert not (tmp_path / "merged").exists()

    (part,) = merge(tmp_path / "saved", [folder], salvage=True)
    assert part.injections == count - lost
    saved = content(tmp_path / "saved")["injections"]
    assert set(saved) < set(whole["injections"])
    assert count - 1 not in {r[0] for r in saved}
    status = read_status(tmp_path / "saved")
    assert not status.complete
    assert sum(mode.missing for mode in status.modes) == lost
    assert (folder / STORE_NAME).read_bytes() == before


def test_rows_beyond_what_is_asked_for_are_salvaged_too(tmp_path: Path) -> None:
    """A folder may hold more than its settings ask for: it was longer before."""
    folder = filled(tmp_path / "run", [0, 5, 500, 9000], settings(2))
    (part,) = merge(tmp_path / "saved", [folder], salvage=True)
    assert part.injections == 4
    assert content(tmp_path / "saved") == content(folder)


def test_rows_that_make_no_sense_are_not_salvaged(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "run", 300)
    data = (folder / STORE_NAME).read_bytes()
    assert data.count(b"STG.E [R100], R0") == 1
    start = data.index(b"STG.E [R100], R0")
    torn = data[:start] + data[start:].replace(b"SDC", b"SDD", 1)
    (folder / STORE_NAME).write_bytes(torn)
    (part,) = merge(tmp_path / "saved", [folder], salvage=True)
    assert part.injections == 299
    assert 100 not in {r[0] for r in content(tmp_path / "saved")["injections"]}


def test_what_cannot_be_salvaged(tmp_path: Path) -> None:
    """Without its facts nobody knows what campaign the rows are of."""
    folder = numbered(tmp_path / "run", 300)
    path = folder / STORE_NAME
    data = bytearray(path.read_bytes())
    data[100:4096] = bytes(3996)
    path.write_bytes(data)
    with pytest.raises(CampaignError, match="cannot be salvaged: not even what its campaign was can be read"):
        merge(tmp_path / "saved", [folder], salvage=True)
    assert not (tmp_path / "saved").exists()


def test_a_store_on_a_full_disk_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a kill rows lie in the write-ahead log; where that cannot be opened in place, a copy is read."""
    filled(tmp_path, range(10))
    with writer(tmp_path) as first:
        first.kill()
        first.wait()
        assert (tmp_path / f"{STORE_NAME}-wal").stat().st_size > 0
        (tmp_path / f"{STORE_NAME}-shm").unlink()
        (tmp_path / f"{STORE_NAME}-shm").mkdir()  # not even root can open this as a file
        with open_stored(tmp_path) as stored:
            assert stored.ids("injections") == {*range(10), 60}
