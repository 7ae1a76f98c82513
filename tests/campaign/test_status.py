"""What a folder tells about its campaign."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.campaign.rows import make, run
from tests.campaign.stores import filled, new_store, row, settings

from sassafras.campaign.design.shard import Shard
from sassafras.campaign.status import Status, read_status
from sassafras.campaign.store.time_spent import TimeSpent
from sassafras.faults.model import Mode
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence


def test_planned_is_injected_and_errors_and_missing(tmp_path: Path) -> None:
    with closing(new_store(tmp_path, settings(5))) as store:
        store.add([row(n) for n in (0, 3, 6, 1, 4, 30)], [(9, "RF", "not reached")])
    status = read_status(tmp_path)
    told = {m.mode: (m.planned, m.injected, m.errors, m.missing) for m in status.modes}
    assert told == {Mode.RF: (5, 3, 1, 1), Mode.IOA: (5, 2, 0, 3), Mode.IOV: (5, 0, 0, 5)}
    assert status.others == 1  # fault 30 is RF number 10
    assert not status.complete
    assert not status.running
    assert status.rate == 3.0  # six rows in two seconds


def test_a_shard_is_complete_when_its_faults_are_done(tmp_path: Path) -> None:
    asked = settings(5, Shard(2, 2), modes=(Mode.IOV,))
    assert not read_status(filled(tmp_path / "part", [5], asked)).complete
    status = read_status(filled(tmp_path / "whole", [5, 11, 2], asked))
    assert status.complete
    assert (status.modes[0].planned, status.others) == (2, 1)


def test_nothing_yet(tmp_path: Path) -> None:
    new_store(tmp_path, settings(5)).close()
    status = read_status(tmp_path)
    assert status.rate is None
    assert [m.missing for m in status.modes] == [5, 5, 5]


class Watcher(Silence):
    """Asks for the status at every step of a campaign."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen: list[Status] = []

    def advance(self, count: int) -> None:
        self.seen.append(read_status(self.folder))


def test_of_a_campaign_that_runs(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    watcher = Watcher(tmp_path)
    campaign = make(tmp_path, tiny, images, injections=20)
    campaign.run(1, watcher)
    assert all(status.running for status in watcher.seen)
    done = [sum(m.injected for m in status.modes) for status in watcher.seen]
    assert done == sorted(done)
    assert 0 < done[-1] == 60
    spent = [status.seconds["inject"] for status in watcher.seen if sum(m.injected for m in status.modes)]
    assert all(seconds > 0 for seconds in spent)  # kept with every batch: a kill does not lose it
    status = read_status(tmp_path)
    assert (status.complete, status.running) == (True, False)
    assert set(status.seconds) == {"profile", "inject", "total"}
    assert status.seconds["total"] >= status.seconds["profile"] + status.seconds["inject"]
    campaign.store.close()


def test_time_adds_up_over_runs(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    run(tmp_path, tiny, images, injections=2)
    first = read_status(tmp_path).seconds
    run(tmp_path, tiny, images, injections=4)
    second = read_status(tmp_path).seconds
    assert all(second[what] >= first[what] > 0 for what in first)


def test_the_clocks(tmp_path: Path) -> None:
    now = 100.0
    with closing(new_store(tmp_path, settings())) as store:
        spent = TimeSpent(store, lambda: now)
        spent.begin("total")
        now = 101.0
        spent.begin("inject")
        now = 104.0
        assert spent.until_now() == {"profile": 1.0, "inject": 5.0, "total": 8.0}
        spent.end("inject")
        now = 110.0
        spent.end("total")
        assert store.meta("seconds") == {"profile": 1.0, "inject": 5.0, "total": 14.0}
        assert TimeSpent(store).until_now() == store.meta("seconds")
