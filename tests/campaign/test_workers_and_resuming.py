"""Rows do not depend on how, when and by how many workers they were made."""

from __future__ import annotations

import sqlite3
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.campaign.rows import as_bytes, assert_same, make, run

from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.execution.workers import start_method
from sassafras.errors import CampaignError, CampaignInterrupted, FaultNotReached, SassafrasError
from sassafras.faults.model import THREAD_MODES, Draw, Fault, Mode, Scope
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.injector import Injector


class Interrupter:
    """Progress that is interrupted in the middle of the injections."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.task = ""
        self.totals: dict[str, int] = {}

    def begin(self, task: str, total: int) -> None:
        self.task = task
        self.totals[task] = total

    def advance(self, count: int) -> None:
        self.after -= count * (self.task == "inject")
        if self.after < 0:
            raise KeyboardInterrupt

    def end(self) -> None:
        pass


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_module, "BATCH", 7)


@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
def test_one_worker_and_two_give_the_same_bytes(
    tmp_path: Path, tiny: Network, images: list[Image], scope: Scope
) -> None:
    one = run(tmp_path / "one", tiny, images, 1, injections=50, scope=scope)
    two = run(tmp_path / "two", tiny, images, 2, injections=50, scope=scope)
    assert_same(one, two)
    assert len(set(as_bytes(one))) == 150
    other = run(tmp_path / "other", tiny, images, 1, injections=50, scope=scope, seed=2022)
    assert set(as_bytes(other)).isdisjoint(as_bytes(one))


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_campaign_goes_on_to_the_same_rows(
    tmp_path: Path, tiny: Network, images: list[Image], workers: int
) -> None:
    whole = run(tmp_path / "whole", tiny, images, 1, injections=30)
    stopped = make(tmp_path / "stopped", tiny, images, injections=30)
    with pytest.raises(CampaignInterrupted, match=r"stored in .*run the same command again"):
        stopped.run(workers, Interrupter(25))
    some = stopped.injections()
    assert 0 < len(some) < 90
    assert set(as_bytes(some)) < set(as_bytes(whole))
    with pytest.raises(CampaignInterrupted):
        make(tmp_path / "stopped", tiny, images, injections=30).run(workers, Interrupter(20))
    assert len(some) < len(stopped.injections()) < 90
    stopped.store.close()
    progress = Interrupter(1000)
    assert_same(run(tmp_path / "stopped", tiny, images, workers, progress, injections=30), whole)
    assert 0 < progress.totals["inject"] < 90 - len(some)
    done = Interrupter(0)
    assert_same(run(tmp_path / "stopped", tiny, images, workers, done, injections=30), whole)
    assert done.totals["inject"] == 0


def test_a_longer_campaign_keeps_the_rows_and_equals_one_made_at_once(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    short = run(tmp_path / "grown", tiny, images, injections=20)
    long = run(tmp_path / "grown", tiny, images, injections=50)
    assert as_bytes(long)[: len(short)] == as_bytes(short)
    assert_same(long, run(tmp_path / "whole", tiny, images, injections=50))


def test_modes_may_be_added(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    run(tmp_path / "grown", tiny, images, injections=20, modes=(Mode.IOV,))
    grown = run(tmp_path / "whole", tiny, images, injections=20)
    assert_same(grown, run(tmp_path / "grown2", tiny, images, injections=20, modes=tuple(THREAD_MODES)[::-1]))


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(("injections", "workers"), [(1, 2), (2, 2), (5, 1), (10, 2)])
def test_no_injection_is_dropped_at_the_end(
    tmp_path: Path, tiny: Network, images: list[Image], injections: int, workers: int
) -> None:
    """Fewer faults than workers, and batches that do not come out even."""
    found = run(tmp_path, tiny, images, workers, injections=injections)
    assert found.id.tolist() == list(range(3 * injections))


@pytest.mark.parametrize("workers", [1, 2])
def test_planned_is_injected_plus_errors(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """A fault that was not reached is no outcome."""
    find = Injector.find_fault

    def sometimes(self: Injector, draw: Draw, *rest: Any) -> Fault:
        if draw.id % 5 == 0:
            raise FaultNotReached(f"fault {draw.id}: not today")
        return find(self, draw, *rest)

    monkeypatch.setattr(Injector, "find_fault", sometimes)
    campaign = make(tmp_path, tiny, images, injections=15)
    campaign.run(workers)
    rows, errors = campaign.injections(), campaign.errors()
    assert errors.id.tolist() == list(range(0, 45, 5))
    assert errors.message[1] == "fault 5: not today"
    for mode, planned in campaign.planned.items():
        assert planned == (rows["mode"] == mode).sum() + (errors["mode"] == mode).sum()
    assert set(rows.id).isdisjoint(errors.id)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_breaks_is_never_ignored(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    def broken(*anything: Any) -> Fault:
        raise ZeroDivisionError

    monkeypatch.setattr(Injector, "find_fault", broken)
    campaign = make(tmp_path, tiny, images, injections=5)
    with pytest.raises(ZeroDivisionError):
        campaign.run(workers)
    assert len(campaign.injections()) == len(campaign.errors()) == 0


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 1}, "seed"),
        ({"scope": Scope.WARP}, "scope"),
        ({"kernels": ("gemm",)}, "kernels, programs"),
        ({"watchdog": 11}, "watchdog"),
        ({"engine": "full"}, "engine"),
    ],
)
def test_another_campaign_is_refused_and_the_folder_left_alone(
    tmp_path: Path, tiny: Network, images: list[Image], changed: dict[str, object], named: str
) -> None:
    rows = run(tmp_path, tiny, images, injections=2)
    before = _contents(tmp_path)
    with pytest.raises(CampaignError, match=f"another campaign .different: {named}.; choose another --out"):
        make(tmp_path, tiny, images, **({"injections": 2} | changed))
    assert _contents(tmp_path) == before
    assert_same(run(tmp_path, tiny, images, injections=2), rows)


def test_other_images_are_another_campaign(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    run(tmp_path, tiny, images, injections=1)
    with pytest.raises(CampaignError, match="different: frames"):
        make(tmp_path, tiny, images[::-1], injections=1)


@pytest.mark.parametrize(
    "damage", [b"no database at all, but long enough to be one" * 9, b"SQLite format 3\0" + b"\7" * 4000]
)
def test_a_damaged_store_is_refused(
    tmp_path: Path, tiny: Network, images: list[Image], damage: bytes
) -> None:
    (tmp_path / "results.sqlite").write_bytes(damage)
    ways = r"(cannot be used .* choose another --out|is damaged .* into another folder)"
    with pytest.raises(CampaignError, match=rf"results\.sqlite {ways}"):
        make(tmp_path, tiny, images)
    assert _contents(tmp_path) == {"results.sqlite": damage}


def test_a_database_of_something_else_is_refused_and_left_alone(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    path = tmp_path / "results.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (soup TEXT)")
    other.commit()
    other.close()
    before = _contents(tmp_path)
    with pytest.raises(CampaignError, match="choose another --out"):
        make(tmp_path, tiny, images)
    assert _contents(tmp_path) == before


def test_a_store_that_was_killed_at_birth_is_begun_again(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    """Creating the schema is one transaction: after a kill the file is empty or whole."""
    (tmp_path / "results.sqlite").touch()
    assert len(run(tmp_path, tiny, images, injections=1)) == 3


def test_what_cannot_be_run_leaves_no_folder(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    with pytest.raises(SassafrasError):
        make(tmp_path / "new", tiny, images, arch="sm_1")
    assert not (tmp_path / "new").exists()


def test_two_processes_on_one_store_end_in_one_clear_line(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    first = make(tmp_path, tiny, images, injections=2)
    second = make(tmp_path, tiny, images, injections=2)
    first.run(1)
    with sqlite3.connect(first.store.path) as database:
        known = database.execute("SELECT id FROM injections").fetchall()
    assert len(known) == 6
    with pytest.raises(CampaignError, match="another process has stored the same"):
        second.store.add([], [(known[0][0], "RF", "x")] * 2)


def test_an_image_of_another_shape_is_refused_before_anything_is_written(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    wrong = Image("wide.png", np.zeros((3, 5, 7), np.float32), None)
    with pytest.raises(SassafrasError, match=r"wide.png is float32 \(3, 5, 7\), tiny takes"):
        make(tmp_path / "new", tiny, [*images, wrong], injections=2)
    assert not (tmp_path / "new").exists()


def test_workers_are_spawned_beside_libraries_that_do_not_survive_a_fork(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert start_method() == ("fork" if sys.platform == "linux" else "spawn")
    one = run(tmp_path / "one", tiny, images, 1, injections=5)
    monkeypatch.setitem(sys.modules, "torch", types.ModuleType("torch"))
    assert start_method() == "spawn"
    two = run(tmp_path / "two", tiny, images, 2, injections=5)
    assert_same(one, two)
