"""A register index beyond the allocated ones: both rules, fault by fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from tests.campaign.rows import FAST_ONLY, as_bytes, assert_same, make, run
from tests.explanation.explained import tell

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.explanation.case import open_case
from sassafras.faults.model import FaultModel, IoaRegister, Mode, Scope
from sassafras.isa.operands import RZ
from sassafras.kernels.programs import load_program
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.report.explain_sentences import in_brief, trap_sentence

EFFECTS = (
    "outcome", "severity", "due_kind", "masked_reason", "top1", "confidence", "top5_changed", "output_nan",
    "largest_change", "died_layer", "differing_bytes", "corrupted", "probabilities",
)  # fmt: skip
COUNT = {Scope.THREAD: 200, Scope.WARP: 60}
IOA = {"modes": (Mode.IOA,), "seed": 12}

Both = dict[IoaRegister, pd.DataFrame]


@pytest.fixture(scope="module", params=[Scope.THREAD, Scope.WARP])
def both(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny: Network,
    images: list[Image],
) -> Both:
    """The same faults under both rules."""
    folder = tmp_path_factory.mktemp("rules")
    asked = IOA | {"scope": request.param, "injections": COUNT[request.param]}
    return {
        rule: run(folder / rule.value, tiny, images, ioa_register=rule, **asked)  # type: ignore[arg-type]
        for rule in IoaRegister
    }


def beyond(rows: pd.DataFrame) -> pd.Series:
    """Which faults name a register that their kernel does not have."""
    allocated = rows.kernel.map(lambda name: load_program(name, "sm_50").register_count)
    wrong = rows.after.map(lambda text: int(text, 16))
    return (rows.target == "REGISTER_INDEX") & (wrong >= allocated) & (wrong != RZ)


def test_only_faults_beyond_the_allocated_registers_end_otherwise(both: Both) -> None:
    hardware, sassifi = both[IoaRegister.HARDWARE], both[IoaRegister.SASSIFI]
    outside = beyond(hardware)
    assert 20 < outside.sum() < len(hardware) - 20
    assert_same(sassifi[~outside], hardware[~outside])
    assert_same(sassifi[outside], hardware[outside], without=EFFECTS)
    assert (hardware[outside].due_kind == "ILLEGAL_INSTRUCTION").all()
    assert set(sassifi[outside].outcome) == {"MASKED", "SDC", "DUE"}
    assert not (sassifi.due_kind == "ILLEGAL_INSTRUCTION").any()
    assert sassifi.masked_reason.isna().all(), "reasons are those of register-file faults"


def test_a_lost_result_ends_as_one_that_rz_swallows(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    """The same draws, once more, with the index 255."""
    campaign = make(tmp_path, tiny, images, injections=80, models=(FaultModel.RANDOM_VALUE,), **IOA)
    campaign.run(1)
    rows = campaign.injections()
    lost = rows[beyond(rows)]
    assert len(lost) > 10
    for fault in lost.id.tolist():
        case = open_case(campaign, str(fault))
        swallowed = case.injector.inject(replace(case.draw, value_word=RZ << 56))
        assert swallowed.after == "0xff"
        assert replace(swallowed, after=case.row.after) == case.row


@pytest.mark.parametrize("rule", list(IoaRegister))
def test_the_full_engine_keeps_the_same_rule(
    tmp_path: Path, tiny: Network, images: list[Image], rule: IoaRegister
) -> None:
    asked = IOA | {"injections": 40, "ioa_register": rule}
    fast = run(tmp_path / "fast", tiny, images, **asked)  # type: ignore[arg-type]
    full = run(tmp_path / "full", tiny, images, engine="full", **asked)  # type: ignore[arg-type]
    assert beyond(fast).sum() > 5
    assert_same(fast, full, without=FAST_ONLY)


def test_other_modes_do_not_know_the_rule(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    asked = {"modes": (Mode.RF, Mode.IOV), "injections": 30}
    one, two = (
        run(tmp_path / rule.value, tiny, images, ioa_register=rule, **asked)  # type: ignore[arg-type]
        for rule in IoaRegister
    )
    assert as_bytes(one) == as_bytes(two)


@pytest.fixture(scope="module")
def campaigns(
    tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]
) -> dict[IoaRegister, Campaign]:
    """A small campaign by each rule."""
    made = {}
    for rule in IoaRegister:
        folder = tmp_path_factory.mktemp(rule.value)
        made[rule] = make(folder, tiny, images, injections=60, ioa_register=rule, **IOA)
        made[rule].run(1)
    return made


def test_explain_says_what_became_of_the_result(campaigns: dict[IoaRegister, Campaign]) -> None:
    rows = {rule: campaign.injections() for rule, campaign in campaigns.items()}
    for fault in rows[IoaRegister.HARDWARE][beyond(rows[IoaRegister.HARDWARE])].id.tolist()[:6]:
        lost = tell(campaigns[IoaRegister.SASSIFI], fault).explanation.story
        name = f"R{lost.strike.after}"
        assert lost.strike.lost
        told = " ".join(in_brief(lost))
        assert f"was set aside for register {name}, which no instruction names: it was lost" in told
        trapped = tell(campaigns[IoaRegister.HARDWARE], fault).explanation.story
        assert not trapped.strike.lost
        assert trapped.trap is not None
        assert f"{name} does not exist" in trap_sentence(trapped.trap, trapped.row.thread)
    inside = rows[IoaRegister.SASSIFI]
    for fault in inside[(inside.target == "REGISTER_INDEX") & ~beyond(inside)].id.tolist()[:4]:
        assert not tell(campaigns[IoaRegister.SASSIFI], fault).explanation.story.strike.lost


def test_a_store_without_the_setting_was_made_by_the_hardware_rule() -> None:
    assert Settings().ioa_register is IoaRegister.SASSIFI
    stored = Settings().model_dump(mode="json")
    assert Settings.from_store(stored) == Settings()
    del stored["ioa_register"]
    assert Settings.from_store(stored) == Settings(ioa_register=IoaRegister.HARDWARE)


def test_stored_settings_are_read_by_that_door_alone() -> None:
    package = Path(__file__).parents[2] / "src" / "sassafras"
    readers = [path.name for path in package.rglob("*.py") if "Settings.model_validate(" in path.read_text()]
    assert readers == []
