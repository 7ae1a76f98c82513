"""Kill -9 at any moment: what was stored stays, no process is left, and going on gives the same rows."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.campaign.rows import assert_same, run

from sassafras.network.images import Image
from sassafras.network.network import Network

ROOT = Path(__file__).parents[2]
INJECTIONS = 120
PATIENCE = 120.0  #: seconds until the test gives up waiting for a process


def _stored(path: Path) -> int:
    """Rows that another process sees."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as db:
            return int(db.execute("SELECT COUNT(*) FROM injections").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(entry.parent.name))
    return found


def _running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_killed_campaign_goes_on_and_leaves_no_process(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.campaign.killed", str(folder), str(INJECTIONS)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}) as process:
        give_up = time.monotonic() + PATIENCE
        while _stored(folder / "results.sqlite") < 20:
            assert process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.02)
        workers = _children(process.pid)
        process.send_signal(signal.SIGKILL)
    assert len(workers) == 2
    while any(_running(worker) for worker in workers):
        assert time.monotonic() < give_up, "workers outlive their campaign"
        time.sleep(0.1)
    stored = _stored(folder / "results.sqlite")
    assert 20 <= stored < 3 * INJECTIONS
    assert_same(
        run(folder, tiny, images, injections=INJECTIONS),
        run(tmp_path / "whole", tiny, images, injections=INJECTIONS),
    )
