"""Campaigns on dask: the same rows, and one clear line for whatever goes wrong.

The workers live in threads of this process, behind real sockets; `test_dask_processes.py` has processes.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster
from tests.campaign import dask_calls
from tests.campaign.rows import as_bytes, assert_same, make, run
from tests.campaign.test_workers_and_resuming import Interrupter

from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.execution import dask_pool, dask_worker
from sassafras.campaign.execution.dask_pool import DaskScheduler
from sassafras.errors import CampaignInterrupted, ClusterError, SelfCheckFailed
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.injector import Injector

INJECTIONS = 20


def in_this_process(workers: int) -> LocalCluster:
    """A cluster whose workers are threads."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with in_this_process(2) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(autouse=True)
def new_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers begin with nothing, and report often."""
    dask_worker._workers.clear()
    dask_worker._complete.clear()
    monkeypatch.setattr(campaign_module, "BATCH", 7)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Any:
    """The rows of one process."""
    return run(tmp_path_factory.mktemp("whole"), tiny, images, 1, injections=INJECTIONS)


def test_the_same_rows_as_one_process(
    tmp_path: Path, tiny: Network, images: list[Image], address: str, whole: Any
) -> None:
    assert_same(run(tmp_path, tiny, images, DaskScheduler(address), injections=INJECTIONS), whole)


def test_an_interrupted_campaign_keeps_what_is_finished_and_goes_on(
    tmp_path: Path, tiny: Network, images: list[Image], address: str, whole: Any
) -> None:
    stopped = make(tmp_path, tiny, images, injections=INJECTIONS)
    with pytest.raises(CampaignInterrupted):
        stopped.run(DaskScheduler(address), Interrupter(25))
    some = stopped.injections()
    assert 0 < len(some) < len(whole)
    assert set(as_bytes(some)) < set(as_bytes(whole))
    stopped.store.close()
    assert_same(run(tmp_path, tiny, images, DaskScheduler(address), injections=INJECTIONS), whole)


def test_a_worker_that_breaks_is_never_ignored(
    tmp_path: Path, tiny: Network, images: list[Image], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*anything: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Injector, "inject_all", broken)
    campaign = make(tmp_path, tiny, images, injections=5, kernels=("gemm",))
    monkeypatch.setattr(Campaign, "_sampling", None)
    with pytest.raises(ZeroDivisionError):
        campaign.run(DaskScheduler(address))
    assert len(campaign.injections()) == len(campaign.errors()) == 0


def test_work_that_dask_gives_up_is_given_out_again(
    tmp_path: Path,
    tiny: Network,
    images: list[Image],
    address: str,
    whole: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dask_pool, "call", dask_calls.killed_twice)
    dask_calls.killed.clear()
    assert_same(run(tmp_path, tiny, images, DaskScheduler(address), injections=INJECTIONS), whole)
    assert min(dask_calls.killed.values()) >= 3


def test_work_that_goes_on_killing_its_workers_is_given_up(
    tmp_path: Path, tiny: Network, images: list[Image], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "call", dask_calls.always_killed)
    with pytest.raises(ClusterError, match=r"die again and again .*tcp://.* was the last"):
        make(tmp_path, tiny, images, injections=5).run(DaskScheduler(address))


def test_a_worker_that_runs_other_code_is_refused(
    tmp_path: Path, tiny: Network, images: list[Image], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "installed_digest", lambda: "of another installation")
    with pytest.raises(ClusterError, match=r"worker tcp://.* runs another Sassafras than this process"):
        make(tmp_path, tiny, images, injections=5).run(DaskScheduler(address))


def test_a_worker_proves_itself_before_it_begins(
    tmp_path: Path, tiny: Network, images: list[Image], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be on another machine: what its campaign's own process checked says nothing about it."""
    campaign = make(tmp_path, tiny, images, injections=5)
    monkeypatch.setattr(campaign, "_prepare", campaign.profile)
    monkeypatch.setattr("sassafras.verify.known_outcomes.LOGITS", (1.0, 2.0, 3.0, 4.0))
    with pytest.raises(SelfCheckFailed, match="golden probabilities"):
        campaign.run(DaskScheduler(address))
    assert len(campaign.injections()) == 0


def test_a_scheduler_without_workers_is_one_clear_line(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "ARRIVAL_SECONDS", 0.2)
    with in_this_process(0) as cluster, pytest.raises(ClusterError, match="has no workers; start some"):
        make(tmp_path, tiny, images, injections=5).run(DaskScheduler(cluster.scheduler_address))


def test_workers_that_never_come_back_are_one_clear_line(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(dask_pool, "POLL_SECONDS", 0.1)
    with in_this_process(1) as cluster:
        campaign = make(tmp_path, tiny, images, injections=INJECTIONS)
        without = _Accident(lambda: cluster.scale(0))
        with pytest.raises(ClusterError, match=r"no worker of .* same command again to go on"):
            campaign.run(DaskScheduler(cluster.scheduler_address), without)
    assert 0 < len(campaign.injections()) < 3 * INJECTIONS


def test_a_scheduler_that_is_lost_is_one_clear_line(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    cluster = in_this_process(1)
    campaign = make(tmp_path, tiny, images, injections=INJECTIONS)
    with pytest.raises(ClusterError, match=r"is gone; what is finished is stored"):
        campaign.run(DaskScheduler(cluster.scheduler_address), _Accident(cluster.close))
    assert 0 < len(campaign.injections()) < 3 * INJECTIONS


class _Accident(Interrupter):
    """Progress that makes something happen after the first injections."""

    def __init__(self, happening: Any) -> None:
        super().__init__(0)
        self._happening = happening

    def advance(self, count: int) -> None:
        if self.task == "inject" and self._happening is not None:
            happening, self._happening = self._happening, None
            happening()


def test_without_the_extra_the_way_out_is_named(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    for pool in (DaskScheduler("tcp://127.0.0.1:1"), dask_pool.LocalCluster(2)):
        with pytest.raises(ClusterError, match=r"pip install 'sassafras\[cluster\]'"):
            make(tmp_path, tiny, images, injections=1).run(pool)
