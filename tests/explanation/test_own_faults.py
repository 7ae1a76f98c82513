"""Faults that the user chose: the line of a stored fault gives its row again, and no line means another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.campaign import networks
from tests.campaign.rows import FAST_ONLY, as_bytes, assert_same, make
from tests.explanation.explained import Told, one_of_each, tell

from sassafras.analysis.own import demand_sample
from sassafras.api import check, compare
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import Shard
from sassafras.campaign.finished import read_finished
from sassafras.campaign.merge import merge
from sassafras.campaign.status import read_status
from sassafras.emulator.armed import executed_mask
from sassafras.errors import CampaignError, UsageError
from sassafras.faults.model import THREAD_MODES, FaultModel, Mode, Scope, TargetKind
from sassafras.faults.own import HEADING, OwnFault
from sassafras.hardening.fit_study import fit_study
from sassafras.hardening.study import Wish, study
from sassafras.interchange.export import export_sites
from sassafras.interchange.formats import Tool
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence


def rows_of(
    folder: Path, network: Network, images: Sequence[Image], faults: object, workers: int = 1, **more: object
) -> pd.DataFrame:
    """The rows of a campaign of these faults, by id."""
    campaign = Campaign(folder, Settings(faults=faults, **more), network, images)  # type: ignore[arg-type]
    campaign.run(workers)
    assert not len(campaign.errors())
    found = campaign.injections()
    campaign.store.close()
    return found


def again(folder: Path, told: Sequence[Told], network: Network, images: Sequence[Image]) -> pd.DataFrame:
    """Rows of told faults' lines, in the order of ``told``."""
    path = folder / "faults.csv"
    path.write_text("\n".join([HEADING, *(t.explanation.story.own for t in told)]) + "\n")
    rows = rows_of(folder / "own", network, images, str(path)).set_index("id")
    numbers, ids = dict.fromkeys(THREAD_MODES, 0), []
    for t in told:
        mode = Mode(t.row.mode)
        ids.append(numbers[mode] * 3 + list(THREAD_MODES).index(mode))
        numbers[mode] += 1
    return rows.loc[ids].reset_index()


def stored(campaign: Campaign, told: Sequence[Told]) -> pd.DataFrame:
    rows = campaign.injections().set_index("id")
    return rows.loc[[t.row.id for t in told]].reset_index()


def test_the_line_of_a_fault_gives_its_row_again(
    tmp_path: Path, finished: Campaign, told: list[Told], tiny: Network, images: list[Image]
) -> None:
    mine = [t for t in told if t.case.source == finished.folder]
    assert {t.row.mode for t in mine} == set(THREAD_MODES)
    assert_same(again(tmp_path, mine, tiny, images), stored(finished, mine), without=["id"])


def test_of_every_target_and_model(
    tmp_path: Path, finished: Campaign, tiny: Network, images: list[Image]
) -> None:
    rows = finished.injections()
    ids = rows.groupby(["mode", "model", "target"])["id"].first().tolist()
    told = [tell(finished, fault) for fault in ids]
    elsewhere = {TargetKind.MEMORY, *(kind for kind in TargetKind if kind.of_warp)}  # of MEM, of later GPUs
    assert {t.row.target for t in told} == set(TargetKind) - elsewhere
    assert {t.row.model for t in told} == {"single-bit", "double-bit", "random-value", "zero-value"}
    assert_same(again(tmp_path, told, tiny, images), stored(finished, told), without=["id"])


def test_of_a_whole_warp(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    campaign = make(tmp_path / "warps", tiny, images, injections=12, seed=5, scope=Scope.WARP)
    campaign.run(1)
    told = [tell(campaign, fault) for fault in one_of_each(campaign.injections())]
    assert {t.row.scope for t in told} == {"warp"}
    assert_same(again(tmp_path, told, tiny, images), stored(campaign, told), without=["id"])


@pytest.fixture(scope="module")
def lines(finished: Campaign, told: list[Told]) -> list[str]:
    return [t.explanation.story.own for t in told if t.case.source == finished.folder]


@pytest.fixture
def file(tmp_path: Path, lines: list[str]) -> Path:
    path = tmp_path / "faults.csv"
    path.write_text("\n".join([HEADING, *lines]) + "\n")
    return path


def test_rows_are_the_same_by_one_worker_and_two_and_in_full(
    tmp_path: Path, file: Path, tiny: Network, images: list[Image]
) -> None:
    one = rows_of(tmp_path / "one", tiny, images, file)
    assert_same(rows_of(tmp_path / "two", tiny, images, file, workers=2), one)
    full = rows_of(tmp_path / "full", tiny, images, file, engine="full")
    assert_same(full, one, without=FAST_ONLY)


def test_it_goes_on_where_it_was(tmp_path: Path, file: Path, tiny: Network, images: list[Image]) -> None:
    whole = rows_of(tmp_path / "whole", tiny, images, file)
    halves = [Settings(faults=file, shard=Shard(k, 2)) for k in (1, 2)]  # type: ignore[arg-type]
    for name, order in (("on", [halves[0], Settings(faults=file)]), ("parts", halves)):  # type: ignore[arg-type]
        for k, settings in enumerate(order):
            folder = tmp_path / (name if name == "on" else f"{name}{k}")
            campaign = Campaign(folder, settings, tiny, images)
            campaign.run(1)
            assert campaign.missing() == []
            campaign.store.close()
    assert_same(Campaign(tmp_path / "on", halves[0], tiny, images).injections(), whole)
    merge(tmp_path / "merged", [tmp_path / "parts0", tmp_path / "parts1"])
    assert_same(Campaign(tmp_path / "merged", Settings(faults=file), tiny, images).injections(), whole)  # type: ignore[arg-type]
    status = read_status(tmp_path / "merged")
    assert (status.complete, status.others) == (True, 0)


def test_another_list_is_another_campaign(
    tmp_path: Path, file: Path, lines: list[str], tiny: Network, images: list[Image]
) -> None:
    rows_of(tmp_path / "own", tiny, images, file)
    file.write_text("\n".join([HEADING, *lines[:-1]]))
    with pytest.raises(CampaignError, match=r"another campaign \(different:.* faults"):
        rows_of(tmp_path / "own", tiny, images, file)


def test_a_list_in_python_is_the_file(
    tmp_path: Path, file: Path, lines: list[str], tiny: Network, images: list[Image]
) -> None:
    faults = preset("paper", faults=file).faults
    assert faults is not None
    assert [own.line for own in faults] == lines
    plain = [replace(own, where="") for own in faults]
    one = rows_of(tmp_path / "file", tiny, images, file)
    assert_same(rows_of(tmp_path / "list", tiny, images, plain), one)


def test_settings_follow_from_the_faults(file: Path, lines: list[str]) -> None:
    settings = Settings(faults=file, modes=(Mode.RF,), injections=7)  # type: ignore[arg-type]
    assert settings.modes == tuple(THREAD_MODES)
    assert set(settings.kernels) == {line.split(",")[0] for line in lines}
    assert Settings.from_store(settings.model_dump(mode="json")) == settings
    for beside in ({"until": 0.01}, {"stratify": "kernel"}, {"groups": (0,)}):
        with pytest.raises(ValueError, match="faults of your own are no sample"):
            Settings(faults=file, **beside)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="stratify"):
        preset("paper", faults=file, stratify="kernel")
    with pytest.raises(ValueError, match="mask is of faults of your own"):
        Settings(models=(FaultModel.MASK,))
    for wrong in ([], [3], [{"kernel": "gemm"}], 5):
        with pytest.raises(UsageError, match="faults"):
            Settings(faults=wrong)  # type: ignore[arg-type]


GOOD = OwnFault("add_bias", 0, 0, 0, 0, "RF:R0", "0x1")


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"kernel": "add_biass"}, "kernel", ["did you mean add_bias?"]),
        ({"invocation": 4}, "invocation", ["there are 4 launches of add_bias, 0 to 3"]),
        ({"block": 10**6}, "block", ["blocks in this launch"]),
        ({"thread": 512}, "thread", ["there are 512 threads in a block, 0 to 511"]),
        ({"frame": 2}, "frame", ["there are 2 frames, 0 to 1"]),
        ({"instruction": 10**6}, "instruction", ["the golden thread issues", "(0 to "]),
        ({"target": "RF:R200"}, "target", ["add_bias has the registers R0 to R"]),
        ({"target": "IOV:R200"}, "target", ["IOV:R200 is none of instruction 0", "which has IOV:R"]),
        ({"target": "IOA:ADDRESS"}, "target", ["which has IOA:R"]),
    ],
)
def test_a_place_that_is_not_there_is_refused_and_nothing_written(
    tmp_path: Path,
    tiny: Network,
    images: list[Image],
    changes: dict[str, object],
    column: str,
    words: list[str],
) -> None:
    path = tmp_path / "faults.csv"
    bad = replace(GOOD, **changes)  # type: ignore[arg-type]
    path.write_text("\n".join([HEADING, GOOD.line, bad.line]))
    with pytest.raises(UsageError) as refusal:
        rows_of(tmp_path / "own", tiny, images, path)
    text = str(refusal.value)
    assert text.startswith(f"{path}, line 3, column {column}: ")
    for word in words:
        assert word in text
    assert not (tmp_path / "own").exists()


def test_a_store_killed_at_birth_is_looked_at_as_a_new_one(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    (tmp_path / "own").mkdir()
    store = tmp_path / "own" / "results.sqlite"
    store.touch()
    with pytest.raises(UsageError, match="column instruction"):
        rows_of(tmp_path / "own", tiny, images, [replace(GOOD, instruction=10**6)])
    assert store.stat().st_size == 0
    assert len(rows_of(tmp_path / "own", tiny, images, [GOOD])) == 1


def test_a_kernel_that_the_network_does_not_launch(tmp_path: Path) -> None:
    network = networks.network(networks.OTHERS["one convolution alone"])
    faults = [replace(GOOD, kernel="forward_maxpool", where="mine, line 2")]
    with pytest.raises(UsageError, match="mine, line 2, column kernel: the network does not launch"):
        Campaign(tmp_path / "own", Settings(faults=faults), network, networks.images(network))  # type: ignore[arg-type]
    assert not (tmp_path / "own").exists()


def test_what_is_not_executed_is_struck_by_rf_alone(
    tmp_path: Path, finished: Campaign, told: list[Told], tiny: Network, images: list[Image]
) -> None:
    """A guard that is false: issued, not executed."""
    skipped = {
        t.row.id: np.flatnonzero(~executed_mask(t.explanation.replay.threads.traces[t.row.thread])).tolist()
        for t in told
        if t.case.source == finished.folder
    }
    row = next(t.row for t in told if skipped.get(t.row.id))
    place = (row.kernel, row.invocation, row.block, row.thread, skipped[row.id][0])
    rows_of(tmp_path / "rf", tiny, images, [OwnFault(*place, "RF:R0", "0x1", row.input)])
    with pytest.raises(UsageError, match=r"column instruction: .* is not executed, its guard is false"):
        rows_of(tmp_path / "iov", tiny, images, [OwnFault(*place, "IOV:R0", "0x1", row.input)])


def test_nothing_is_said_of_a_population(
    tmp_path: Path, file: Path, tiny: Network, images: list[Image]
) -> None:
    folder = tmp_path / "own"
    rows_of(folder, tiny, images, file)
    campaign = Campaign(folder, Settings(faults=file), tiny, images)  # type: ignore[arg-type]
    assert campaign.census == ()
    assert "chosen by you, not a sample" in repr(campaign)
    for claim in (
        lambda: demand_sample(folder, campaign.settings),
        lambda: check(folder, "MALFUNCTION.high > 0.5%"),
        lambda: compare(folder, folder),
    ):
        with pytest.raises(UsageError, match="chosen by you, not a sample"):
            claim()
    assert read_finished(folder).unfinished == 0


def test_fit_and_harden_are_refused(tmp_path: Path) -> None:
    network = networks.tiny()
    campaign = Campaign(tmp_path / "own", Settings(faults=[GOOD]), network, networks.images(network))  # type: ignore[arg-type]
    campaign.run(1)
    with pytest.raises(UsageError, match="chosen by you, not a sample"):
        fit_study(campaign, None, None, 1, Silence())
    with pytest.raises(UsageError, match="chosen by you, not a sample"):
        study(campaign, Wish(), {}, 1, Silence())


def test_no_list_of_others_has_a_mask(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    """Neither tool can say one; what else is in the file it can."""
    masked = replace(GOOD, mask="0x5")
    rows_of(tmp_path / "own", tiny, images, [GOOD, masked])
    campaign = Campaign(tmp_path / "own", Settings(faults=[GOOD, masked]), tiny, images)  # type: ignore[arg-type]
    found = export_sites(campaign, Tool.SASSIFI, tmp_path / "lists", 1, Silence())
    assert (found.lines, found.unsaid) == (1, {"SASSIFI has no fault model mask": 1})


def test_the_same_line_twice_is_two_rows(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    rows = rows_of(tmp_path / "own", tiny, images, [GOOD, GOOD])
    one, two = as_bytes(rows, without=["id"])
    assert (one, rows["id"].tolist()) == (two, [0, 3])
