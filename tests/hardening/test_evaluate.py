"""Both views of a hardened network, on a small one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sassafras.campaign.campaign import Campaign
from sassafras.faults.model import IoaRegister, Mode
from sassafras.hardening.evaluate import Evaluation, evaluate, paired
from sassafras.hardening.outvoted import outvoted
from sassafras.hardening.plan import Protection, launched
from sassafras.hardening.study import measured_coverages
from sassafras.hardening.survivors import Reason
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence
from sassafras.simulation.injector import Injector
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.record import Injection, shown_of
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench

RULES = Rules(None, 10, full=False)


@pytest.fixture
def bench(tiny: Network, mixed: Protection, images: list[Image]) -> Iterator[Workbench]:
    made = Workbench(harden(tiny, mixed), images, shared=False)
    yield made
    made.golden(0).leave()


def test_fault_free_results_are_those_of_the_plain_network(
    bench: Workbench, tiny: Network, images: list[Image]
) -> None:
    plain = Workbench(tiny, images, shared=False)
    for frame in range(len(images)):
        assert bench.golden(frame).result.tobytes() == plain.golden(frame).result.tobytes()


def test_every_fault_is_accounted_for(campaign: Campaign, evaluation: Evaluation) -> None:
    everything = set(campaign.injections()["id"])
    replayed = set(evaluation.replayed["id"])
    assert replayed | evaluation.no_counterpart == everything
    assert not replayed & evaluation.no_counterpart
    assert evaluation.replay_errors == evaluation.fresh_errors == 0
    assert len(evaluation.fresh) == 3 * 50


def test_faults_elsewhere_keep_their_rows_because_they_would_get_the_same(
    campaign: Campaign, evaluation: Evaluation, bench: Workbench, mixed: Protection
) -> None:
    """The copied rows, run after all in the hardened network."""
    before = campaign.injections()
    elsewhere = before[~before["kernel"].isin(mixed.kernels)]
    kept = evaluation.replayed[evaluation.replayed["id"].isin(elsewhere["id"])]
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), elsewhere.reset_index(drop=True))
    injector = Injector(bench, RULES)
    numbers = [(Mode(m), int(i) // 3) for m, i in zip(elsewhere["mode"], elsewhere["id"], strict=True)]
    for draw in campaign.draws(numbers):
        row = injector.inject(draw)
        stored = elsewhere[elsewhere["id"] == draw.id].iloc[0]
        _same(row, stored)


def _same(row: Injection, stored: pd.Series) -> None:
    found = shown_of(row)
    for name in ("outcome", "severity", "due_kind", "sass", "after", "differing_bytes", "probabilities"):
        one, other = found[name], stored[name]
        assert one == other or (one is None and pd.isna(other)), (row.id, name)


def test_protected_kernels_get_their_faults_at_the_same_place(
    campaign: Campaign, evaluation: Evaluation, mixed: Protection
) -> None:
    both = evaluation.replayed.merge(campaign.injections(), on="id", suffixes=("", "_before"))
    struck = both[both["kernel"].isin(mixed.kernels)]
    assert len(struck)
    for name in (
        "mode",
        "model",
        "frame",
        "launch",
        "kernel",
        "layer",
        "block",
        "thread",
        "opcode",
        "target",
    ):
        assert struck[name].tolist() == struck[f"{name}_before"].tolist()
    in_file = struck[struck["mode"] == "RF"]
    assert in_file["target_index"].tolist() == in_file["target_index_before"].tolist()


def test_both_views_keep_the_campaign_s_rule_for_registers(
    campaign: Campaign, evaluation: Evaluation, tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    """Results for registers that a kernel lacks are lost; by the other rule the same faults trap."""
    rows = pd.concat([campaign.injections(), evaluation.replayed, evaluation.fresh])
    assert not (rows["due_kind"] == "ILLEGAL_INSTRUCTION").any()
    settings = campaign.settings.model_copy(
        update={"modes": (Mode.IOA,), "injections": 12, "ioa_register": IoaRegister.HARDWARE}
    )
    trapping = Campaign(tmp_path, settings, tiny, images)
    trapping.run(1)
    found = evaluate(trapping, harden(tiny, evaluation.network.protection), 12, 1, Silence())
    for view in (found.replayed, found.fresh):
        assert (view["due_kind"] == "ILLEGAL_INSTRUCTION").any()


def test_techniques_show_in_the_outcomes(evaluation: Evaluation) -> None:
    """TMR says nothing, DMR only detects, DMR with retry does both."""
    rows = pd.concat([evaluation.fresh, evaluation.replayed])
    said = {kernel: set(found["outcome"]) for kernel, found in rows.groupby("kernel")}
    noticed = {Outcome.DETECTED.value, Outcome.CORRECTED.value}
    assert not said["im2col_gpu"] & noticed
    assert said["add_bias"] & noticed == {Outcome.DETECTED.value}
    assert Outcome.CORRECTED.value in said["forward_maxpool"]
    assert not said["fill_gpu"] & noticed


def test_noticed_faults_have_no_severity(evaluation: Evaluation) -> None:
    noticed = evaluation.fresh[evaluation.fresh["outcome"].isin(["DETECTED", "CORRECTED"])]
    assert noticed["severity"].isna().all()
    assert noticed["probabilities"].isna().all()


def test_hardening_helps(campaign: Campaign, evaluation: Evaluation, mixed: Protection) -> None:
    pair = paired(campaign.injections(), evaluation.replayed, mixed.kernels)
    assert pair.after < pair.before / 2
    untouched = paired(
        campaign.injections(),
        evaluation.replayed,
        [k for k in launched(campaign.network) if k not in mixed.kernels],
    )
    assert untouched.only_before == untouched.only_after == 0
    assert untouched.p_value == 1


def test_coverage_is_what_the_replay_measured(campaign: Campaign, evaluation: Evaluation) -> None:
    measured = measured_coverages(campaign.injections(), evaluation)
    pair = paired(campaign.injections(), evaluation.replayed, ["im2col_gpu"])
    reduction = pair.reduction
    assert reduction is not None
    found = measured["im2col_gpu", Technique.TMR]
    assert found.measured and found.share == max(0.0, reduction)
    np.testing.assert_allclose(found.becomes.sum(axis=1), 1)


def test_voters_corrected_what_corrupted_memory_before(campaign: Campaign, evaluation: Evaluation) -> None:
    """Fault by fault; no voter's correction is stored as CORRECTED."""
    before = campaign.injections().set_index("id")
    wanted = {"all": 0}
    for row in evaluation.replayed.to_dict("records"):
        plain = before.loc[row["id"]]
        if plain["kernel"] == "im2col_gpu" and plain["outcome"] == "SDC" and row["outcome"] == "MASKED":
            wanted["all"] += 1
            wanted[plain["mode"]] = wanted.get(plain["mode"], 0) + 1
    protection = evaluation.network.protection
    assert protection.of("im2col_gpu") is Technique.TMR
    found = outvoted(campaign.injections(), evaluation.replayed, protection, campaign.settings.modes)
    assert {mode: n for mode, n in found.items() if n or mode == "all"} == wanted
    assert wanted["all"] > 0
    tmr = evaluation.replayed[evaluation.replayed["kernel"] == "im2col_gpu"]
    assert not (tmr["outcome"] == "CORRECTED").any()


def test_every_survivor_is_listed_once_with_a_reason(evaluation: Evaluation, mixed: Protection) -> None:
    for view, rows in (("replay", evaluation.replayed), ("fresh", evaluation.fresh)):
        critical = rows[rows["severity"].isin(["MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"])]
        expected = set(critical[critical["kernel"].isin(mixed.kernels)]["id"])
        listed = [s.id for s in evaluation.survivors if s.view == view]
        assert sorted(listed) == sorted(expected)
    assert all(isinstance(s.reason, Reason) for s in evaluation.survivors)


def test_what_is_stored_is_not_run_again_and_workers_do_not_matter(
    tmp_path: Path, campaign: Campaign, evaluation: Evaluation, tiny: Network, images: list[Image]
) -> None:
    mixed = evaluation.network.protection
    again = evaluate(campaign, harden(tiny, mixed), 50, 2, Silence())
    pd.testing.assert_frame_equal(again.fresh, evaluation.fresh)
    pd.testing.assert_frame_equal(again.replayed, evaluation.replayed)
    copy = Campaign(tmp_path, campaign.settings, tiny, images)
    copy.run(2)
    other = evaluate(copy, harden(tiny, mixed), 50, 2, Silence())
    pd.testing.assert_frame_equal(other.fresh, evaluation.fresh)
    columns = list(evaluation.replayed.columns)
    pd.testing.assert_frame_equal(other.replayed[columns], evaluation.replayed, check_dtype=False)
