"""A network whose gemm is checked by launches of its own, with a guard behind the output."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.campaign import networks

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.explanation.tell import explain
from sassafras.hardening import reopen
from sassafras.hardening.evaluate import FOLDER, Evaluation, evaluate
from sassafras.hardening.plan import Protection, launched, parse_protection
from sassafras.hardening.workload import HardenedWorkload, harden
from sassafras.kernels.registry import ADDED, KERNELS
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.network.source import NetworkSource
from sassafras.progress import Silence
from sassafras.report.explain_data import explain_json
from sassafras.report.explain_sentences import in_brief
from sassafras.report.page.explain import explain_page
from sassafras.simulation.full_engine import infer_in_full
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.wave import Wave
from sassafras.simulation.workbench import Workbench

FOLLOWED = ["died_layer", "corrupted"]  #: what only the fast engine looks at
TEXT = "gemm=checksum,network=guard"


@pytest.fixture(scope="module")
def protection(tiny: Network) -> Protection:
    return parse_protection(TEXT, launched(tiny))


@pytest.fixture(scope="module")
def checked(tiny: Network, protection: Protection) -> HardenedWorkload:
    return harden(tiny, protection)


@pytest.fixture(scope="module")
def bench(checked: HardenedWorkload, images: list[Image]) -> Workbench:
    return Workbench(checked, images, shared=False)


def test_launches_are_added_and_all_else_stays(tiny: Network, checked: HardenedWorkload) -> None:
    count = len(tiny.layout.allocations)
    assert checked.layout.allocations[:count] == tiny.layout.allocations
    assert [planned.index for planned in checked.plan] == list(range(len(checked.plan)))
    kept = [checked.plan[place] for place in checked.places]
    for before, after in zip(tiny.plan, kept, strict=True):
        assert replace(after, index=before.index) == before
    kernels = [planned.kernel for planned in checked.plan]
    for place, kernel in enumerate(kernels):
        if kernel == "gemm":
            assert kernels[place + 1 : place + 3] == ["gemm_check", "gemm_repair"]
            assert len({p.part for p in checked.plan[place : place + 3]}) == 1
    assert kernels[-1] == "guard"
    assert Counter(kernels)["gemm_check"] == Counter(kernels)["gemm_repair"] == kernels.count("gemm")
    assert str(checked.protection) == TEXT
    assert checked.protection.kernels == ("gemm",)


def test_fault_free_nothing_is_flagged_and_nothing_changes(
    bench: Workbench, tiny: Network, images: list[Image]
) -> None:
    plain = Workbench(tiny, images, shared=False)
    for frame in range(len(images)):
        golden = bench.golden(frame)
        assert golden.result.tobytes() == plain.golden(frame).result.tobytes()
        for planned in golden.plan:
            golden.go_before(planned.index)
            before = golden.memory.data.copy()
            assert bench.machine(planned.spec).run(planned.launch, golden.memory).trap is None
            assert not any(differs.any() for _, differs in golden.differences(planned.index))
            if planned.kernel in ADDED:
                np.testing.assert_array_equal(golden.memory.data, before)
            golden.put_before(planned.index)


@pytest.mark.alike(3)
@pytest.mark.parametrize("cfg", ["tiny", *networks.OTHERS])
def test_fast_and_full_rows_are_equal(tmp_path: Path, cfg: str) -> None:
    plain = networks.network(networks.CFG if cfg == "tiny" else networks.OTHERS[cfg])
    network = harden(plain, parse_protection(TEXT, launched(plain)))
    rows: list[pd.DataFrame] = []
    for engine in ("fast", "full"):
        kernels = (*launched(plain), *ADDED)
        settings = Settings.model_validate({"injections": 120, "kernels": kernels, "engine": engine})
        campaign = Campaign(tmp_path / engine, settings, network, networks.images(plain)[:1])
        campaign.run(1)
        assert campaign.errors().empty
        rows.append(campaign.injections().drop(columns=FOLLOWED))
    fast, full = rows
    pd.testing.assert_frame_equal(fast, full)
    assert {"gemm", "gemm_check", "gemm_repair"} <= set(fast["kernel"])
    assert "CORRECTED" in set(fast[fast["kernel"] == "gemm"]["outcome"])


def test_the_guard_under_fire(tmp_path: Path, checked: HardenedWorkload, images: list[Image]) -> None:
    rows = []
    for engine in ("fast", "full"):
        settings = Settings.model_validate({"injections": 20, "kernels": ("guard",), "engine": engine})
        campaign = Campaign(tmp_path / engine, settings, checked, images[:1])
        campaign.run(1)
        rows.append(campaign.injections().drop(columns=FOLLOWED))
    pd.testing.assert_frame_equal(rows[0], rows[1])
    assert set(rows[0]["kernel"]) == {"guard"}


def both(bench: Workbench, number: int, difference: Difference) -> Propagation:
    """How a difference behind a launch ends: by the sweep, and by emulating everything; they must agree."""
    golden = bench.golden(0)
    wave = Wave(golden, bench.live)
    golden.go_before(number)
    in_full = infer_in_full(bench, golden, number, difference, None)
    wave.enter(number, 1, difference)
    for later in range(number + 1, len(golden.plan)):
        golden.go_before(later)
        wave.advance(later)
    found = wave.finished[1]
    assert found.alarm is in_full.alarm
    if found.alarm is not Outcome.DETECTED:
        assert found.result.tobytes() == in_full.result.tobytes()
    return found


def written(bench: Workbench, number: int, element: int, value: float, name: str = "") -> Difference:
    """One element that a launch writes (of the buffer at the argument ``name``) becomes ``value``."""
    golden = bench.golden(0)
    base = golden.memory.layout.base
    start = int(golden.plan[number].arguments[name]) - base if name else golden.writes[number][0][0]
    places = start + 4 * element + np.arange(4)
    faulty = np.array([value], np.float32).view(np.uint8)
    golden.go_before(number + 1)
    differs = faulty != golden.memory.data[places]
    return Difference(places[differs], faulty[differs])


def numbers(bench: Workbench, kernel: str) -> list[int]:
    return [planned.index for planned in bench.golden(0).plan if planned.kernel == kernel]


@pytest.mark.parametrize("value", [1e9, -3.5, np.inf, np.nan])
@pytest.mark.parametrize("layer", range(4))
def test_a_wrong_product_is_corrected(bench: Workbench, layer: int, value: float) -> None:
    found = both(
        bench, numbers(bench, "gemm")[layer], written(bench, numbers(bench, "gemm")[layer], 5, value)
    )
    assert found.alarm is Outcome.CORRECTED
    assert found.result.tobytes() == bench.golden(0).result.tobytes()


@pytest.mark.parametrize("layer", range(4))
def test_a_product_that_did_not_begin_at_zero_is_corrected(bench: Workbench, layer: int) -> None:
    number = numbers(bench, "fill_gpu")[layer]
    found = both(bench, number, written(bench, number, 3, 40.0))
    assert found.alarm is Outcome.CORRECTED
    assert found.died_layer == bench.golden(0).plan[number].part


@pytest.mark.parametrize("value", [1e9, -3.5, np.inf, np.nan])
@pytest.mark.parametrize("kernel", ["im2col_gpu", "forward_maxpool", "activate_array"])
def test_an_exact_product_of_wrong_factors_is_left_alone(bench: Workbench, kernel: str, value: float) -> None:
    number = numbers(bench, kernel)[0]
    found = both(
        bench, number, written(bench, number, 7, value, "output" if kernel == "forward_maxpool" else "")
    )
    assert found.alarm is not Outcome.CORRECTED


def test_wrong_weights_are_noticed_by_nobody(bench: Workbench) -> None:
    """The product is exact, whatever its flags: made again from the same weights it has the same bits."""
    golden = bench.golden(0)
    for number in numbers(bench, "gemm")[:3]:
        name = "b" if golden.plan[number].arguments["transpose_b"] else "a"
        found = both(bench, number - 1, stray(bench, number, name))
        assert found.alarm is None


def stray(bench: Workbench, number: int, name: str) -> Difference:
    """The third element at an argument of a launch becomes 4."""
    golden = bench.golden(0)
    places = int(golden.plan[number].arguments[name]) - golden.memory.layout.base + 8 + np.arange(4)
    faulty = np.array([4.0], np.float32).view(np.uint8)
    golden.go_before(number)
    differs = faulty != golden.memory.data[places]
    return Difference(places[differs], faulty[differs])


@pytest.mark.parametrize("name", ["d", "checksums", "c"])
@pytest.mark.parametrize("layer", range(4))
def test_a_stray_word_between_product_and_check(bench: Workbench, layer: int, name: str) -> None:
    """In the data, the product is made again from wrong factors; with a wrong checksum, to no other bits."""
    check = numbers(bench, "gemm_check")[layer]
    found = both(bench, check - 1, stray(bench, check, name))
    assert found.alarm is (None if name == "checksums" else Outcome.CORRECTED)
    if name != "d":
        assert found.result.tobytes() == bench.golden(0).result.tobytes()


@pytest.mark.parametrize("layer", range(4))
def test_a_wrong_checksum_flags_an_exact_product_for_nothing(bench: Workbench, layer: int) -> None:
    found = both(bench, 0, stray(bench, numbers(bench, "gemm_check")[layer], "checksums"))
    assert found.alarm is None
    assert found.died_layer is not None
    assert found.result.tobytes() == bench.golden(0).result.tobytes()


def test_wrong_flags_change_nothing(bench: Workbench) -> None:
    for number in numbers(bench, "gemm_check"):
        found = both(bench, number, written(bench, number, 0, 1.0))
        assert found.alarm is None
        assert found.result.tobytes() == bench.golden(0).result.tobytes()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_an_output_that_is_no_number_is_detected(bench: Workbench, value: float) -> None:
    (softmax,) = numbers(bench, "softmax")
    assert both(bench, softmax, written(bench, softmax, 2, value)).alarm is Outcome.DETECTED
    assert both(bench, softmax, written(bench, softmax, 2, 0.5)).alarm is None
    bias = numbers(bench, "add_bias")[-1]
    assert (
        both(bench, bias, written(bench, bias, 2, value if value > 0 else np.nan)).alarm is Outcome.DETECTED
    )


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    settings = Settings.model_validate({"injections": 60, "frames": 2, "seed": 5, "kernels": tuple(KERNELS)})
    made = Campaign(tmp_path_factory.mktemp("checked"), settings, tiny, images)
    made.run(1)
    return made


@pytest.fixture(scope="module")
def evaluation(campaign: Campaign, checked: HardenedWorkload) -> Evaluation:
    return evaluate(campaign, checked, 60, 1, Silence())


def test_every_fault_is_struck_again_at_its_place(
    campaign: Campaign, evaluation: Evaluation, checked: HardenedWorkload
) -> None:
    before = campaign.injections()
    assert not evaluation.no_counterpart
    assert evaluation.replay_errors == evaluation.fresh_errors == 0
    for name in ("id", "kernel", "layer", "invocation", "block", "thread", "instruction", "sass", "after"):
        pd.testing.assert_series_equal(before[name], evaluation.replayed[name])
    assert evaluation.replayed["launch"].tolist() == [checked.places[number] for number in before["launch"]]
    due = before["outcome"] == "DUE"
    assert (
        evaluation.replayed["outcome"][due] == "DUE"
    ).mean() > 0.9  # memory is larger: a wild access may land
    gemm = before["kernel"] == "gemm"
    assert (evaluation.replayed["outcome"][gemm] == "CORRECTED").any()
    noticed = evaluation.replayed[evaluation.replayed["outcome"].isin(["CORRECTED", "DETECTED"])]
    assert noticed[["severity", "probabilities", "died_layer", "differing_bytes"]].isna().all(axis=None)


def test_faults_that_a_launch_behind_noticed_are_explained(
    campaign: Campaign, evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reopen, "open_campaign", lambda folder: (campaign, NetworkSource()))
    path = campaign.folder / FOLDER / f"{TEXT.replace(',', '+')}.replay.sqlite"
    rows = evaluation.replayed
    for outcome in ("CORRECTED", "SDC", "MASKED", "DUE"):
        row = rows[(rows["kernel"] == "gemm") & (rows["outcome"] == outcome)].iloc[0]
        case = reopen.open_hardened_case(path, str(row["id"]), Silence())
        assert case.draw.launch == row["launch"]
        explanation = explain(case)  # raises where the row is not the stored one
        story, brief = explanation.story, " ".join(in_brief(explanation.story))
        assert (story.raised is not None) == (outcome == "CORRECTED")
        if story.raised is not None:
            assert story.raised.launch == row["launch"] + 2
            assert (
                f"gemm_repair of layer {row['layer']} (launch {row['launch'] + 2}) repaired the damage"
                in brief
            )
        assert explain_page(explanation).endswith("</html>\n")
        assert json.loads(explain_json(story))["row"]["outcome"] == outcome


def test_faults_in_the_checks_themselves_are_explained(
    campaign: Campaign, evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reopen, "open_campaign", lambda folder: (campaign, NetworkSource()))
    path = campaign.folder / FOLDER / f"{TEXT.replace(',', '+')}.fresh.sqlite"
    rows = evaluation.fresh[evaluation.fresh["kernel"].isin(list(ADDED))]
    assert len(rows) > 3
    for fault in rows["id"].tolist():
        explanation = explain(reopen.open_hardened_case(path, str(fault), Silence()))
        assert explanation.story.scene.program in ADDED
        assert in_brief(explanation.story)
        assert explain_page(explanation).endswith("</html>\n")
