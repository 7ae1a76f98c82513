"""Techniques that change what later launches find: every fault is replayed, against the own golden run."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.hardening.test_engines import FOLLOWED, TIGHT, bounds_of

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.execution.workers import Batch
from sassafras.campaign.store.results import read_meta
from sassafras.explanation.tell import explain
from sassafras.faults.model import Mode
from sassafras.hardening import reopen
from sassafras.hardening.bounds import Calibration
from sassafras.hardening.evaluate import FOLDER, Evaluation, evaluate
from sassafras.hardening.fit_study import evaluated
from sassafras.hardening.plan import protect
from sassafras.hardening.reopen import open_hardened_case
from sassafras.hardening.replay import ReplaySetup, placed
from sassafras.hardening.workload import HardenedWorkload, harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.network.source import NetworkSource
from sassafras.progress import Silence
from sassafras.simulation.profiles import profile_key
from sassafras.simulation.record import Injection, shown_of
from sassafras.simulation.rules import Rules

STRUCK = ["mode", "model", "frame", "launch", "kernel", "block", "thread", "instruction", "offset", "sass"]
CHOSEN = {"forward_maxpool": Technique.FIRST_VALID, "activate_array": Technique.RANGE}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    settings = Settings(injections=60, frames=2, seed=6)
    made = Campaign(tmp_path_factory.mktemp("flow"), settings, tiny, images)
    made.run(1)
    return made


@pytest.fixture(scope="module")
def network(tiny: Network, images: list[Image]) -> HardenedWorkload:
    """Bounds so tight that fault-free values are held."""
    return harden(tiny, replace(protect(CHOSEN), calibration=bounds_of(tiny, images, TIGHT)))


@pytest.fixture(scope="module")
def found(plain: Campaign, network: HardenedWorkload) -> Evaluation:
    return evaluate(plain, network, 30, 1, Silence())


def test_every_fault_is_run_again_at_its_own_place(plain: Campaign, found: Evaluation) -> None:
    before = plain.injections()
    replayed = found.replayed
    assert set(replayed["id"]) | found.no_counterpart == set(before["id"])
    assert found.replay_errors == found.fresh_errors == 0
    both = replayed.merge(before, on="id", suffixes=("", "_before"))
    elsewhere = both[~both["kernel"].isin(CHOSEN)]
    assert len(elsewhere) > 60
    for name in STRUCK:
        assert elsewhere[name].tolist() == elsewhere[f"{name}_before"].tolist(), name
    # The golden output is another one, and each row is judged against that.
    assert (elsewhere["confidence_golden"] != elsewhere["confidence_golden_before"]).all()


def test_replayed_rows_are_those_of_the_engine_that_emulates_everything(
    plain: Campaign, network: HardenedWorkload, found: Evaluation
) -> None:
    images = tuple(plain.images)
    worker = ReplaySetup(plain.network, network, images, Rules(None, 10, full=True)).start()
    fresh = Campaign(plain.folder / "again", plain.settings, network, plain.images)
    fresh.run(1)
    ids = plain.injections()[["id", "mode"]]
    draws = plain.draws([(Mode(m), int(i) // 3) for i, m in zip(ids["id"], ids["mode"], strict=True)])
    rows: list[Injection] = []
    for frame in range(2):
        there = tuple(placed(d, network, fresh.longest) for d in draws if d.frame == frame)
        rows += worker.replay(Batch(frame, there)).rows
    full = pd.DataFrame([shown_of(row) for row in rows]).sort_values("id").reset_index(drop=True)
    fast = found.replayed
    columns = [name for name in fast.columns if name not in FOLLOWED]
    pd.testing.assert_frame_equal(fast[columns], full[columns], check_dtype=False)


def test_the_bounds_are_stored_with_both_views(found: Evaluation, plain: Campaign) -> None:
    calibration = found.network.protection.calibration
    assert calibration is not None
    for view in ("fresh", "replay"):
        path = plain.folder / FOLDER / f"{found.network.protection}.{view}.sqlite".replace(",", "+")
        assert Calibration.from_json(read_meta(path, "calibration")) == calibration
    ((protection, campaign),) = evaluated(plain)
    assert protection == found.network.protection
    assert campaign.network.digest == found.network.digest


@pytest.mark.parametrize("view", ["fresh", "replay"])
def test_a_stored_fault_is_explained_with_the_stored_bounds(
    view: str, plain: Campaign, found: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reopen, "open_campaign", lambda folder: (plain, NetworkSource()))
    path = plain.folder / FOLDER / f"{found.network.protection}.{view}.sqlite".replace(",", "+")
    rows = found.fresh if view == "fresh" else found.replayed
    silent = rows[rows["outcome"] == "SDC"].groupby("kernel").first()
    assert {"forward_maxpool", "add_bias"} <= set(silent.index)
    for fault in silent["id"]:
        assert explain(open_hardened_case(path, str(int(fault)), Silence())).story.layers


def test_profiles_of_another_golden_run_are_not_taken_from_the_cache(
    tiny: Network, images: list[Image], network: HardenedWorkload
) -> None:
    """Branches may depend on data: held values have profiles of their own, of plain kernels, too."""
    program = load_program("softmax", "sm_50")
    loose = harden(tiny, replace(protect(CHOSEN), calibration=bounds_of(tiny, images, 1.0)))
    same = harden(tiny, protect({"forward_maxpool": Technique.FIRST_VALID, "network": Technique.GUARD}))
    keys = [profile_key(each, images[0], program) for each in (tiny, same, network, loose)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
