"""What a campaign survives: 20 kills, a second writer, a full disk, a disk that may only be read. Each test
prints what it counted.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.campaign.stores import content
from typer.testing import Result

pytestmark = pytest.mark.slow

Type = Callable[..., Result]

ROOT = Path(__file__).parents[2]
KILLS = 20
PATIENCE = 300.0  #: seconds until a test gives up waiting for a process
STORE = "results.sqlite"
PLENTY = ["--kernels", "fill_gpu,add_bias,forward_maxpool,softmax", "--injections", "1200"]
FEWER = ["--kernels", "fill_gpu,add_bias,forward_maxpool,softmax", "--injections", "400"]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print although pytest captures."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n  {line}", end="", flush=True)  # noqa: T201  (the counts are wanted)

    return say


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}


@contextmanager
def process(*words: object) -> Iterator[subprocess.Popen[str]]:
    """A command of its own, killed with everything that it started when the test is over."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.small_batches", *map(str, words)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        started.communicate()


def finish(*words: object) -> str:
    """Run a command to its end; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.small_batches", *map(str, words)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def stored(folder: Path) -> int:
    """Rows that another process sees; 0 before there is a store."""
    try:
        with closing(sqlite3.connect(f"{(folder / STORE).absolute().as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT COUNT(*) FROM injections").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def wait_for(started: subprocess.Popen[str], condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert started.poll() is None, started.communicate()[0]
        assert time.monotonic() < give_up
        time.sleep(0.002)


def test_twenty_kills(files: Any, say: Callable[[str], None]) -> None:
    """Killed while it starts, makes its folder, profiles, injects or stores; resumed each time; byte for byte
    the campaign that was never killed.
    """
    dice = np.random.Generator(np.random.Philox(20))
    folder, run = Path("killed"), [*files.options, *PLENTY, "--workers", "2", "--out", "killed"]
    seen = []
    for _ in range(KILLS):
        begun = (folder / STORE).is_file() and (folder / STORE).stat().st_size > 0
        words = ["resume", folder, "--workers", 2] if begun else ["run", *run]
        before = stored(folder)
        with process(*words) as campaign:
            if dice.random() < 0.4:  # any time after the start
                until = time.monotonic() + dice.uniform(0.0, 4.0)
                wait_for(campaign, lambda until=until: time.monotonic() > until)  # type: ignore[misc]
            else:  # in the middle of storing
                enough = before + int(dice.integers(1, 150))
                wait_for(campaign, lambda enough=enough: stored(folder) >= enough)  # type: ignore[misc]
                time.sleep(float(dice.uniform(0.0, 0.02)))
            assert campaign.poll() is None
            campaign.send_signal(signal.SIGKILL)
            campaign.wait()
        after = stored(folder)
        assert after >= before
        seen.append(after)
    planned = 3 * 1200
    assert 0 < seen[-1] < planned
    finish("resume", folder, "--workers", 2)
    finish("run", *files.options, *PLENTY, "--workers", 2, "--out", "whole")
    assert content(folder) == content(Path("whole"))
    for kind in ("csv", "json", "parquet"):
        one, two = (Path(finish("export", name, "--format", kind).split()[-1]) for name in (folder, "whole"))
        assert one.read_bytes() == two.read_bytes()
    say(f"{KILLS} kills, rows stored after each: {', '.join(map(str, seen))}; all {planned} rows equal")


def test_two_writers(files: Any, say: Callable[[str], None]) -> None:
    """The second is turned away with the first one's name, as often as it tries; the first goes on."""
    run = [*files.options, *FEWER, "--workers", "1", "--out", "both"]
    refused = 0
    with process("run", *run) as first:
        wait_for(first, lambda: stored(Path("both")) > 0)
        first.send_signal(signal.SIGSTOP)  # in the middle of its work: it keeps what it holds
        for words in (["run", *run], ["resume", "both"], ["run", *run, "--shard", "1/2"]):
            with process(*words) as second:
                said = second.communicate(timeout=PATIENCE)[0].splitlines()[-1]
            assert second.returncode == 2, said
            assert f"error: both is being written by process {first.pid} on " in said
            refused += 1
            assert "running" in finish("status", "both").splitlines()[0]
            finish("export", "both", "--out", f"{refused}.csv")
        assert first.poll() is None, "the first was done before the second tried"
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    finish("run", *files.options, *FEWER, "--workers", 1, "--out", "whole")
    assert content(Path("both")) == content(Path("whole"))
    say(f"{refused} second writers refused, {refused} exports meanwhile; all 1200 rows of the first equal")


def in_namespace(what: str, files: Any, out: Path) -> dict[str, tuple[int, str, str]] | None:
    """What the commands said on a file system of their own, None where this system mounts none."""
    point = Path("mounted")
    point.mkdir()
    unshare = ["unshare", "--mount", "--map-root-user"]
    run = [*files.options, *FEWER, "--workers", "1"]
    if subprocess.run([*unshare, "mount", "-t", "tmpfs", "tmpfs", point], check=False).returncode != 0:
        return None
    command = [
        *unshare,
        sys.executable,
        "-m",
        "tests.cli.mounted",
        what,
        point.absolute(),
        out.absolute(),
        *run,
    ]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return {name: (code, said, complained) for name, code, said, complained in json.loads(done.stdout)}


def test_full_disk(files: Any, tmp_path: Path, say: Callable[[str], None]) -> None:
    """A file system of 400 KiB; where none can be mounted, no file may grow beyond 400 KiB."""
    out = tmp_path / "out"
    out.mkdir()
    said = in_namespace("full", files, out)
    how = "a tmpfs of 400 KiB"
    if said is None:
        said, how = with_small_files(files, out), "no mounts here: files limited to 400 KiB"
    for name in ("run", "again"):
        code, _, complained = said[name]
        assert code == 2, complained
        line = complained.splitlines()[-1]
        assert "results.sqlite: the " in line
        assert "what was stored before is safe" in line
        assert "sassafras resume" in line
        assert "Traceback" not in complained
    code, told, _ = said["status"]
    assert code == 0
    safe = int(told.partition("unfinished, ")[2].split()[0])
    assert 0 < safe < 1200
    assert said["export"][0] == 0
    rows = (out / "full.csv").read_text().splitlines()
    assert len(rows) == 1 + safe
    code, told, complained = said["resume"]
    assert code == 0, complained
    assert f"injecting: {1200 - safe} faults" in complained  # what was stored was not run again
    finish("run", *files.options, *FEWER, "--workers", 1, "--out", "whole")
    assert content(out / "finished") == content(Path("whole"))
    say(f"{how}: {safe} of 1200 rows stored when it was full; none lost, all equal after more room")


def with_small_files(files: Any, out: Path) -> dict[str, tuple[int, str, str]]:
    """The same commands where the system lets no file grow beyond 400 KiB."""
    folder = out / "finished"

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400 << 10, resource.RLIM_INFINITY))

    def command(*words: object, limit: bool) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.cli.small_batches", *map(str, words)],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limited if limit else None,
        )
        return done.returncode, done.stdout, done.stderr

    run = [*files.options, *FEWER, "--workers", "1", "--out", folder]
    return {
        "run": command("run", *run, limit=True),
        "again": command("resume", folder, "--workers", 1, limit=True),
        "status": command("status", folder, limit=True),
        "export": command("export", folder, "--out", out / "full.csv", limit=False),
        "resume": command("resume", folder, "--workers", 2, limit=False),
    }


def test_read_only_disk(files: Any, tmp_path: Path, say: Callable[[str], None]) -> None:
    """Mounted read-only. (A folder without rights, everywhere: test_store_failures.py.)"""
    out = tmp_path / "out"
    finish("run", *files.options, *FEWER, "--workers", 1, "--out", out / "run")
    before = content(out / "run")
    said = in_namespace("read-only", files, out)
    assert said is not None, "this system mounts nothing: run this test where unshare --mount works"
    assert said["status"][0] == 0
    assert "complete, 1200 of 1200 faults done" in said["status"][1]
    for name, words in {
        "run": "results.sqlite cannot be written",
        "resume": "results.sqlite cannot be written",
        "new": "new cannot be made (Read-only file system); choose another --out",
        "export": "cannot be written (Read-only file system); choose another --out",
    }.items():
        code, _, complained = said[name]
        assert code == 2, complained
        assert words in complained.splitlines()[-1]
    assert said["elsewhere"][0] == 0
    assert content(out / "run") == before
    say("4 commands refused on a read-only mount, 2 served; all 1200 rows as before")
