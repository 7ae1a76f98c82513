"""Campaigns on real dask processes: the same rows, also when a process is killed; Ctrl-C leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.campaign.rows import as_bytes, assert_same, make, run
from tests.campaign.test_killed import PATIENCE, ROOT, _children, _running, _stored

from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.execution.dask_pool import DaskPool, LocalCluster
from sassafras.campaign.execution.workers import Setup
from sassafras.faults.model import Scope
from sassafras.network.images import Image
from sassafras.network.network import Network

INJECTIONS = 150

pytestmark = pytest.mark.slow


class Watched:
    """A local cluster whose processes can be killed."""

    def __init__(self) -> None:
        self.pool: DaskPool | None = None

    def __call__(self, setup: Setup) -> DaskPool:
        self.pool = LocalCluster(2)(setup)
        return self.pool

    def processes(self) -> list[int]:
        """Their numbers."""
        assert self.pool is not None
        return sorted(self.pool.client.run(os.getpid).values())


class Killer:
    """Progress that kills a worker with -9 after every ``every`` injections, ``times`` times."""

    def __init__(self, cluster: Watched, every: int, times: int) -> None:
        self._cluster = cluster
        self._every = every
        self._left = times
        self._task = ""
        self._done = 0
        self.killed: dict[int, int] = {}  #: process -> injections stored when it was killed

    def begin(self, task: str, total: int) -> None:
        self._task = task

    def advance(self, count: int) -> None:
        if self._task != "inject":
            return
        self._done += count
        if self._left and self._done >= self._every * (len(self.killed) + 1):
            victim = self._cluster.processes()[-1]
            os.kill(victim, signal.SIGKILL)
            self.killed[victim] = self._done
            self._left -= 1

    def end(self) -> None:
        pass


@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
def test_two_local_processes_give_the_rows_of_one(
    tmp_path: Path, tiny: Network, images: list[Image], scope: Scope
) -> None:
    one = run(tmp_path / "one", tiny, images, 1, injections=INJECTIONS, scope=scope)
    two = run(tmp_path / "two", tiny, images, LocalCluster(2), injections=INJECTIONS, scope=scope)
    assert_same(one, two)


def test_killed_workers_cost_only_their_work_in_flight(
    tmp_path: Path,
    tiny: Network,
    images: list[Image],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(campaign_module, "BATCH", 10)
    whole = run(tmp_path / "whole", tiny, images, 1, injections=INJECTIONS)
    cluster = Watched()
    killer = Killer(cluster, every=100, times=3)
    killed = run(tmp_path / "killed", tiny, images, cluster, killer, injections=INJECTIONS)
    assert_same(killed, whole)
    assert len(killer.killed) == 3
    with capsys.disabled():
        stored = ", ".join(str(count) for count in killer.killed.values())
        print(  # noqa: T201
            f"\n{len(killer.killed)} dask workers killed -9 (with {stored} injections stored); "
            f"{len(killed)} of {3 * INJECTIONS} rows, {len(set(as_bytes(killed)) & set(as_bytes(whole)))} "
            "equal to one process's, 0 errors"
        )


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_ctrl_c_stores_what_is_finished_and_leaves_no_process(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    """The whole process group gets it, as in a terminal."""
    folder = tmp_path / "stopped"
    command = [sys.executable, "-m", "tests.campaign.interrupted", str(folder), str(INJECTIONS)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    give_up = time.monotonic() + PATIENCE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while _stored(folder / "results.sqlite") < 20:
            assert process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.05)
        children = _children(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert said.splitlines()[-1].startswith("stopped: ")
    assert "Traceback" not in said
    assert len(children) >= 2
    while any(_running(child) for child in children):
        assert time.monotonic() < give_up, "dask processes outlive their campaign"
        time.sleep(0.1)
    assert 20 <= _stored(folder / "results.sqlite") < 3 * INJECTIONS
    whole = run(tmp_path / "whole", tiny, images, injections=INJECTIONS)
    assert_same(run(folder, tiny, images, injections=INJECTIONS), whole)


def test_a_campaign_begun_here_goes_on_there(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    first = make(tmp_path / "moved", tiny, images, injections=30)
    first.run(1)
    first.store.close()
    moved = run(tmp_path / "moved", tiny, images, LocalCluster(2), injections=INJECTIONS)
    assert_same(moved, run(tmp_path / "whole", tiny, images, 1, injections=INJECTIONS))
