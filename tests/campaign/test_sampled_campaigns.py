"""Stratified and sequential campaigns: the same rows however they were made, and only what was asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.rows import as_bytes, assert_same, make, run
from tests.campaign.test_workers_and_resuming import Interrupter

from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.design.lanes import half_width
from sassafras.errors import CampaignError, CampaignInterrupted
from sassafras.faults.ids import fault_id
from sassafras.faults.model import THREAD_MODES, Mode
from sassafras.faults.strata import Stratify
from sassafras.network.images import Image
from sassafras.network.network import Network

SEQUENTIAL: dict[str, Any] = {"until": 0.09, "injections": 600, "modes": (Mode.RF, Mode.IOA)}


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_module, "BATCH", 11)


@pytest.mark.parametrize("stratify", list(Stratify))
def test_every_stratum_gets_its_number(
    tmp_path: Path, tiny: Network, images: list[Image], stratify: Stratify
) -> None:
    one = run(tmp_path / "one", tiny, images, 1, stratify=stratify, per_stratum=4)
    assert_same(one, run(tmp_path / "two", tiny, images, 2, stratify=stratify, per_stratum=4))
    counts = Counter(zip(one["mode"], one[str(stratify)], strict=True))
    assert set(counts.values()) == {4}
    launched = {p.kernel if stratify is Stratify.KERNEL else p.part for p in tiny.plan}
    assert set(counts) == {(mode.value, stratum) for mode in THREAD_MODES for stratum in launched}
    assert one["id"].is_unique


@pytest.mark.usefixtures("small_batches")
def test_a_stratified_campaign_is_resumable_and_may_be_made_longer(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    stratified: dict[str, Any] = {"stratify": Stratify.KERNEL}
    stopped = make(tmp_path / "grown", tiny, images, per_stratum=3, **stratified)
    with pytest.raises(CampaignInterrupted, match="of 63 injections"):
        stopped.run(1, Interrupter(20))
    stopped.store.close()
    short = run(tmp_path / "grown", tiny, images, per_stratum=3, **stratified)
    long = run(tmp_path / "grown", tiny, images, 2, per_stratum=5, **stratified)
    assert set(as_bytes(short)) < set(as_bytes(long))
    assert_same(long, run(tmp_path / "whole", tiny, images, per_stratum=5, **stratified))


def test_strata_are_part_of_what_a_campaign_is(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    run(tmp_path / "plain", tiny, images, injections=2)
    run(tmp_path / "strata", tiny, images, per_stratum=1, stratify=Stratify.LAYER)
    for folder, stratify in (("plain", Stratify.LAYER), ("strata", None), ("strata", Stratify.KERNEL)):
        with pytest.raises(CampaignError, match=r"another campaign .different: stratify."):
            make(tmp_path / folder, tiny, images, stratify=stratify)


def test_injections_are_shared_out_among_strata(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    campaign = make(tmp_path, tiny, images, injections=15, stratify=Stratify.KERNEL)
    assert [lane.cap for lane in campaign.design().lanes] == [3] * 21, "15 / 7 kernels, rounded up"
    assert campaign.planned == dict.fromkeys(THREAD_MODES, 21)


@pytest.mark.usefixtures("small_batches")
def test_a_sequential_campaign_does_not_depend_on_workers_or_interruptions(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    one = run(tmp_path / "one", tiny, images, 1, **SEQUENTIAL)
    stopped = make(tmp_path / "two", tiny, images, **SEQUENTIAL)
    with pytest.raises(CampaignInterrupted):
        stopped.run(2, Interrupter(300))
    assert 0 < len(stopped.injections()) < len(one)
    assert stopped.missing(), "nothing is finished"
    stopped.store.close()
    assert_same(run(tmp_path / "two", tiny, images, 2, **SEQUENTIAL), one)


def test_a_sequential_campaign_stops_at_the_first_look_that_meets_its_goal(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    rows = run(tmp_path, tiny, images, **SEQUENTIAL)
    campaign = make(tmp_path, tiny, images, **SEQUENTIAL)
    assert campaign.missing() == []
    for standing in campaign.standings():
        mode = standing.lane.mode
        mine = rows[rows["mode"] == mode.value]
        endings = mine["severity"].fillna(mine["outcome"])
        assert standing.reached
        assert len(mine) == standing.asked == campaign.planned[mode] < 600
        assert mine["id"].tolist() == [fault_id(mode, k) for k in range(standing.asked)]
        assert half_width(Counter(endings)) == standing.half_width
        earlier = endings.iloc[: standing.asked - 240]
        assert half_width(Counter(earlier)) > 0.09 >= half_width(Counter(endings))


def test_a_goal_may_be_given_changed_and_dropped(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    """The rows are those of one endless campaign: how many are made is all that changes."""
    plain = run(tmp_path, tiny, images, injections=30, modes=(Mode.RF,))
    coarse = run(tmp_path, tiny, images, injections=1000, until=0.15, modes=(Mode.RF,))
    fine = run(tmp_path, tiny, images, 2, injections=1000, until=0.07, modes=(Mode.RF,))
    assert 30 < len(coarse) < len(fine) < 1000
    whole = run(tmp_path / "whole", tiny, images, injections=len(fine), modes=(Mode.RF,))
    assert_same(fine, whole)
    assert as_bytes(whole)[:30] == as_bytes(plain)
    kept = make(tmp_path, tiny, images, injections=1000, until=0.15, modes=(Mode.RF,))
    assert len(kept.asked) == len(coarse), "what lies beyond the coarse goal is not asked for"


def test_each_stratum_stops_by_itself(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    settings: dict[str, Any] = {
        "until": 0.07,
        "stratify": Stratify.KERNEL,
        "injections": 2400,
        "modes": (Mode.RF,),
        "kernels": ("fill_gpu", "add_bias", "softmax"),
    }
    one = run(tmp_path / "one", tiny, images, 1, **settings)
    assert_same(one, run(tmp_path / "two", tiny, images, 2, **settings))
    campaign = make(tmp_path / "one", tiny, images, **settings)
    asked = {s.lane.label: s.asked for s in campaign.standings()}
    assert dict(Counter(one["kernel"])) == asked
    assert all(s.reached for s in campaign.standings())
    assert len(set(asked.values())) > 1, "kernels differ in how sure one is of them"


def test_the_census_is_kept(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    campaign = make(tmp_path, tiny, images, injections=1, modes=(Mode.RF, Mode.IOV))
    assert list(campaign.census) == []
    campaign.run()
    cells = campaign.census
    assert {c.mode for c in cells} == {Mode.RF, Mode.IOV}
    assert {c.model for c in cells} == set(campaign.settings.models)
    assert {(c.kernel, c.layer) for c in cells} == {(p.kernel, p.part) for p in tiny.plan}
    assert sum(c.sites for c in cells if c.mode is Mode.RF) == 4 * sum(
        int(item.profile.issued.sum(axis=1) @ item.profile.threads_per_class)
        for item in campaign.profiled_launches()
    )
