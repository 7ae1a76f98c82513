"""Fault models of each mode: a fault depends on its own mode's alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.campaign.rows import assert_same, make, run

from sassafras.campaign.design.settings import Settings
from sassafras.faults.model import DRAWN_MODELS, THREAD_MODES, Mode
from sassafras.faults.strata import Stratify
from sassafras.network.images import Image
from sassafras.network.network import Network

SINGLE, DOUBLE, RANDOM, ZERO = DRAWN_MODELS
AS_SASSIFI = {Mode.RF: (SINGLE, DOUBLE), Mode.IOA: (SINGLE, DOUBLE), Mode.IOV: (SINGLE, RANDOM)}


@pytest.mark.parametrize("stratify", [None, Stratify.KERNEL])
def test_each_mode_is_as_in_a_campaign_of_its_models(
    tmp_path: Path, tiny: Network, images: list[Image], stratify: Stratify | None
) -> None:
    asked = {"injections": 24, "kernels": ("fill_gpu", "add_bias"), "stratify": stratify}
    rows = run(tmp_path / "all", tiny, images, mode_models=AS_SASSIFI, models=(ZERO,), **asked)  # type: ignore[arg-type]
    for mode, models in AS_SASSIFI.items():
        alone = run(tmp_path / mode, tiny, images, modes=(mode,), models=models, **asked)  # type: ignore[arg-type]
        assert_same(rows[rows["mode"] == mode.value], alone)
        assert set(alone["model"]) == set(models)
        if stratify is None:
            assert (alone["model"] == [models[(n // 3) % 2].value for n in alone["id"]]).all()


def test_the_census_has_each_mode_s_models(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    campaign = make(tmp_path, tiny, images, injections=2, mode_models=AS_SASSIFI)
    campaign.run(1)
    found = {mode: {cell.model for cell in campaign.census if cell.mode is mode} for mode in THREAD_MODES}
    assert found == {mode: set(models) for mode, models in AS_SASSIFI.items()}


def test_it_is_part_of_what_a_campaign_is(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    plain = make(tmp_path / "plain", tiny, images, injections=2)
    own = make(tmp_path / "own", tiny, images, injections=2, mode_models=AS_SASSIFI)
    assert "mode_models" not in plain.fingerprint()
    assert own.fingerprint()["mode_models"] == {
        "RF": ["single-bit", "double-bit"],
        "IOA": ["single-bit", "double-bit"],
        "IOV": ["single-bit", "random-value"],
    }


def test_older_settings_read_as_they_were() -> None:
    stored = Settings().model_dump(mode="json")
    del stored["mode_models"]
    assert Settings.from_store(stored) == Settings()
    own = Settings(mode_models=AS_SASSIFI)
    assert Settings.from_store(own.model_dump(mode="json")) == own


@pytest.mark.parametrize("bad", [{"RF": []}, {"XX": ["single-bit"]}, {"RF": ["triple-bit"]}, [], "RF"])
def test_what_is_no_choice_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"mode_models": bad})
