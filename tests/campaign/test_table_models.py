"""Campaigns with models from tables: rows repeat the change, both engines, a stored model of one's own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError
from tests.campaign.rows import assert_same, make, run

from sassafras.campaign.design.settings import Settings
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.faults.models.model_file import parse_model
from sassafras.network.images import Image
from sassafras.network.network import Network

TABLES = (FaultModel("rtl-value-class"), FaultModel("rtl-relative-error"), FaultModel("published-power-law"))
OWN = """
name = "three-in-a-row"
says = "three neighbours flip"
source = "made up for this test"
conditions = "none"
sure = "not at all"
[law]
kind = "bits"
multiplicity = [0, 0, 1]
adjacent = true
[lanes]
sites = { pipeline = 1 }
counts = "sassafras:rtl-lanes.csv"
"""
KERNELS = ("fill_gpu", "add_bias", "activate_array", "gemm", "softmax")
ASKED = {"modes": (Mode.IOV,), "kernels": KERNELS}


def own_model() -> FaultModel:
    file = parse_model(OWN, Path("nowhere"), "own.toml")
    return FaultModel(file.name, file)


def flips(rows: pd.DataFrame) -> pd.Series:
    struck = rows.dropna(subset="before")
    return struck["before"].map(lambda w: int(w, 16)) ^ struck["after"].map(lambda w: int(w, 16))


def test_both_engines_make_the_same_rows(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    asked = ASKED | {"injections": 60, "models": TABLES}
    fast, full = (
        run(tmp_path / engine, tiny, images, engine=engine, **asked)  # type: ignore[arg-type]
        for engine in ("fast", "full")
    )
    assert_same(fast, full, without=("died_layer", "corrupted"))
    assert set(fast["model"]) == set(TABLES)
    assert set(fast["target"]) <= {"REGISTER", "STORE_VALUE"}
    classes = fast[fast["model"] == TABLES[0]]
    assert (flips(classes) != 0).all(), "a class is drawn again until the word changes"
    errors = fast[fast["model"] == TABLES[1]]
    assert errors["opcode"].str.split(".").str[0].isin(["FADD", "FMUL", "FFMA", "FADD32I", "MUFU"]).all()


def test_lanes_are_one_thread_or_a_warp(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    asked = ASKED | {"injections": 80, "models": (own_model(),), "scope": Scope.LANES}
    rows = run(tmp_path / "lanes", tiny, images, workers=2, **asked)  # type: ignore[arg-type]
    assert set(rows["scope"]) == {"thread", "warp"}, "of the pipeline's wrong results six in ten are several"
    assert set(rows["model"]) == {"three-in-a-row"}
    struck = flips(rows)
    assert struck.map(lambda bits: bits // (bits & -bits) == 7).all()
    alone = run(tmp_path / "alone", tiny, images, **(asked | {"scope": Scope.THREAD}))  # type: ignore[arg-type]
    once = rows[rows["scope"] == "thread"]
    assert_same(once, alone[alone["id"].isin(once["id"])])


def test_a_model_of_one_s_own_stays_with_the_campaign(
    tmp_path: Path, tiny: Network, images: list[Image]
) -> None:
    settings = Settings(modes=(Mode.IOV,), models=(own_model(),))
    again = Settings.from_store(settings.model_dump(mode="json"))
    assert again == settings
    assert again.models[0].file == own_model().file
    found = make(tmp_path, tiny, images, **ASKED, models=(own_model(),)).fingerprint()
    assert found["model_tables"] == {"three-in-a-row": own_model().file.digest}


def test_a_campaign_of_definitions_is_what_it_was(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    assert "model_tables" not in make(tmp_path, tiny, images).fingerprint()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"models": ("rtl-value-class",)}, "the model rtl-value-class is of IOV faults, not of RF"),
        (
            {"models": ("single-bit",), "scope": "lanes"},
            "the model single-bit has no table of lanes: choose scope thread or warp",
        ),
        ({"models": ("rtl-value-clas",)}, "'rtl-value-clas' is unknown; known: single-bit, double-bit"),
    ],
)
def test_what_does_not_go_together(asked: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**asked)  # type: ignore[arg-type]
