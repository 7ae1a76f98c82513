"""When a pool is left, nothing of it is left: no process, no thread, no open file.

A thread that still closes its pipes while the interpreter ends is what made commands end with ``OSError: Bad
file descriptor`` now and then.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from sassafras.campaign.execution.workers import ProcessPool


@dataclass(frozen=True)
class Sleeper:
    """A setup that is its own worker."""

    def start(self) -> Sleeper:
        return self

    def sleep(self, seconds: float) -> int:
        time.sleep(seconds)
        return os.getpid()


def left() -> tuple[int, int, int]:
    """Child processes, threads and open files of this process, without those that only wait to be collected:
    of tests before, which a collection in between would close.
    """
    gc.collect()
    return (
        len(multiprocessing.active_children()),
        threading.active_count(),
        len(list(Path("/proc/self/fd").iterdir())),
    )


@pytest.mark.alike(3)
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_nothing_is_left(workers: int) -> None:
    with ProcessPool(Sleeper(), 2) as pool:  # what Python itself opens once
        list(pool.map("sleep", [(0,)]))
    before = left()
    for _ in range(3):
        with ProcessPool(Sleeper(), workers) as pool:
            assert len(list(pool.map("sleep", [(0.01,)] * 5))) == 5
        assert left() == before


def fail_after_one() -> None:
    with ProcessPool(Sleeper(), 2) as pool:
        for _ in pool.map("sleep", [(0.01,), *[(0.3,)] * 3]):
            raise ZeroDivisionError


def test_nothing_is_left_after_an_error() -> None:
    """Also where calls are under way: they end first."""
    before = left()[:2]
    with pytest.raises(ZeroDivisionError):
        fail_after_one()
    assert left()[:2] == before


def test_an_unused_pool_is_left() -> None:
    before = left()[:2]
    with ProcessPool(Sleeper(), 2):
        pass
    assert left()[:2] == before


def test_a_process_that_ends_at_once() -> None:
    """Whatever the timing: the pool is gone before the interpreter ends."""
    script = (
        "from tests.campaign.test_pools_close import Sleeper, left\n"
        "from sassafras.campaign.execution.workers import ProcessPool\n"
        "with ProcessPool(Sleeper(), 3) as pool: list(pool.map('sleep', [(0.0,)] * 3))\n"
        "assert left()[:2] == (0, 1), left()\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
