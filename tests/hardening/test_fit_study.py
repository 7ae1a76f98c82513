"""FIT of a campaign in a folder, with the protections evaluated there."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from tests.analysis.test_avf import assert_adds_up

from sassafras.analysis.campaign_avf import campaign_avf
from sassafras.analysis.fit import FitOutcome
from sassafras.analysis.raw_rates import given_band
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.counting import profiled_costs
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import on_record
from sassafras.errors import CampaignError, UsageError
from sassafras.faults.model import Mode
from sassafras.hardening.evaluate import FOLDER, Evaluation
from sassafras.hardening.fit_study import FRESH, FitStudy, evaluated, fit_study
from sassafras.hardening.plan import Protection
from sassafras.kernels.programs import load_program
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence
from sassafras.report.fit_files import write_fit_files


@pytest.fixture(scope="module")
def found(campaign: Campaign, evaluation: Evaluation) -> FitStudy:
    assert evaluation is not None  # in the campaign's folder
    return fit_study(campaign, None, None, 1, Silence())


def test_every_evaluated_protection_is_there(found: FitStudy, mixed: Protection) -> None:
    assert [program.protection for program in found.programs] == [Protection(), mixed]
    plain, hardened = found.programs
    assert hardened.seconds > plain.seconds
    assert plain.cells["n"].sum() == hardened.cells["n"].sum() == 25  # half of 50 are single-bit
    assert found.missing == ("gemm",)
    assert FitOutcome.DETECTED not in plain.outcomes
    assert FitOutcome.DETECTED in hardened.outcomes


def test_fit_of_every_program_adds_up(found: FitStudy) -> None:
    for program in found.programs:
        assert_adds_up(program.table)


def test_hardened_kernels_allocate_their_own_registers(found: FitStudy) -> None:
    for program, name in zip(found.programs, ("im2col_gpu", "im2col_gpu_tmr"), strict=True):
        registers = {item.registers for item in program.launches if item.kernel == "im2col_gpu"}
        assert registers == {load_program(name).register_count}


def test_a_longer_program_is_seen_in_its_weights(found: FitStudy) -> None:
    for program in found.programs:
        assert program.cells["time"].sum() == pytest.approx(1)
        assert (program.cells["weight"] <= program.cells["time"] * program.cells["allocated"] + 1e-15).all()


def test_the_users_rate_scales(campaign: Campaign, found: FitStudy) -> None:
    doubled = fit_study(campaign, given_band(2.0, 4.0), None, 1, Silence()).programs[0].table
    once = fit_study(campaign, given_band(1.0, 2.0), None, 1, Silence()).programs[0].table
    for column in ("fit_lowest", "fit_highest", "fit_low", "fit_high"):
        assert doubled[column].to_numpy() == pytest.approx(2 * once[column].to_numpy())


def test_files_are_the_same_bytes_again(found: FitStudy, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_fit_files(tmp_path / "a", found)]
    again = [path.read_bytes() for path in write_fit_files(tmp_path / "b", found)]
    assert first == again
    assert len(first) == 4


def test_avf_after_a_run_is_that_of_its_own_kernels(campaign: Campaign, found: FitStudy) -> None:
    campaign.run(1)
    own = campaign_avf(*on_record(campaign), partial(profiled_costs, campaign))
    assert own is not None
    assert "gemm" not in set(own.cells["kernel"])
    plain = found.programs[0].cells.set_index("launch")
    same = own.cells.set_index("launch")
    assert same["seconds"].to_dict() == plain.loc[same.index, "seconds"].to_dict()
    assert same["allocated"].to_dict() == plain.loc[same.index, "allocated"].to_dict()


def test_without_single_bit_strikes_there_is_no_fit(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    settings = Settings(injections=3, modes=(Mode.IOV,), frames=2)
    other = Campaign(tmp_path, settings, tiny, images)
    other.run(1)
    assert campaign_avf(*on_record(other), partial(profiled_costs, other)) is None
    with pytest.raises(UsageError, match="--modes RF --models single-bit"):
        fit_study(other, None, None, 1, Silence())


def test_a_store_that_is_none_of_ours_is_named(campaign: Campaign, evaluation: Evaluation) -> None:
    assert evaluation is not None
    strange = campaign.folder / FOLDER / f"nonsense{FRESH}"
    shutil.copy(next((campaign.folder / FOLDER).glob(f"*{FRESH}")), strange)
    try:
        with pytest.raises(CampaignError, match="not named after a protection"):
            evaluated(campaign)
    finally:
        strange.unlink()


def test_an_unfinished_evaluation_is_left_out(
    tmp_path: Path, campaign: Campaign, evaluation: Evaluation, tiny: Network, images: list[Image]
) -> None:
    assert evaluation is not None
    copy = Campaign(tmp_path, campaign.settings, tiny, images)
    copy.run(1)
    name = next((campaign.folder / FOLDER).glob(f"*{FRESH}")).name
    longer = campaign.settings.model_copy(update={"injections": 60})
    fresh = Campaign(tmp_path / FOLDER, longer, evaluation.network, images, store_name=name)
    fresh.store.put_meta("settings", longer.model_dump(mode="json"))
    found = fit_study(copy, None, None, 1, Silence())
    assert (len(found.programs), found.unfinished) == (1, (str(evaluation.network.protection),))
