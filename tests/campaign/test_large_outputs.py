"""Campaigns into networks of more classes than a row keeps probabilities of."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.campaign.networks import CFG, network
from tests.campaign.rows import assert_same, make, run

from sassafras.campaign.finished import read_finished
from sassafras.campaign.store.stored import open_stored
from sassafras.errors import CampaignError
from sassafras.explanation.case import open_case
from sassafras.explanation.replay import replay
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.report.export import Format, Table, export
from sassafras.report.page.rows import content, golden_parts, golden_probabilities
from sassafras.simulation.kept_output import LIMIT, Outputs
from sassafras.simulation.record import SHOWN

CLASSES = 300
KEPT = ["probabilities", "probability_places", "probability_digest"]


@pytest.fixture(scope="module")
def large() -> Network:
    assert CLASSES > LIMIT
    return network(CFG.replace("output=7", f"output={CLASSES}"), name="large")


@pytest.fixture(scope="module")
def both(
    large: Network, images: list[Image], tmp_path_factory: pytest.TempPathFactory
) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("large")
    short = run(folder / "short", large, images, injections=60, seed=5)
    whole = run(folder / "whole", large, images, injections=60, seed=5, outputs=Outputs.WHOLE)
    return short, whole


def test_rows_are_the_same_but_for_what_they_keep(both: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    short, whole = both
    assert_same(short, whole, without=KEPT)
    assert whole["probability_places"].isna().all()
    assert whole["probability_digest"].isna().all()
    sdc = short["outcome"] == "SDC"
    assert sdc.sum() > 20
    assert short.loc[~sdc, KEPT].isna().all(axis=None)
    pairs = zip(short[sdc].to_dict("records"), whole[sdc]["probabilities"], strict=True)
    for kept, all_of_it in pairs:
        assert len(all_of_it) == 4 * CLASSES
        places = np.frombuffer(kept["probability_places"], "<i4")
        assert kept["probabilities"] == np.frombuffer(all_of_it, "<f4")[places].tobytes()
        assert kept["probability_digest"] == hashlib.sha256(all_of_it).hexdigest()
        assert {int(kept["top1"]), kept["top1_golden"]} <= set(places.tolist())
        assert len(places) <= 26


def test_the_engine_that_emulates_everything_keeps_the_same(
    tmp_path: Path, large: Network, images: list[Image]
) -> None:
    asked = {"injections": 8, "seed": 6, "kernels": ("add_bias", "softmax")}
    fast = run(tmp_path / "fast", large, images, **asked)  # type: ignore[arg-type]
    full = run(tmp_path / "full", large, images, engine="full", **asked)  # type: ignore[arg-type]
    assert (fast["probability_digest"].notna()).any()
    assert_same(fast, full, without=("died_layer", "corrupted"))


def test_whole_outputs_are_another_campaign(tmp_path: Path, large: Network, images: list[Image]) -> None:
    made = make(tmp_path, large, images, injections=2)
    assert "outputs" not in made.fingerprint()  # as in every store before there was a choice
    made.store.close()
    with pytest.raises(CampaignError, match=r"another campaign \(different: outputs\)"):
        make(tmp_path, large, images, injections=2, outputs=Outputs.WHOLE)


def test_it_is_exported_explained_and_shown(tmp_path: Path, large: Network, images: list[Image]) -> None:
    campaign = make(tmp_path, large, images, injections=40, seed=5)
    campaign.run(1)
    rows = campaign.injections()
    assert tuple(rows.columns) == SHOWN
    fault = rows.loc[rows["severity"] == "LIGHT_MALFUNCTION", "id"].tolist()[0]
    assert replay(open_case(campaign, str(fault))).case.row.id == fault
    campaign.store.close()
    with open_stored(tmp_path) as stored:
        export(stored, Table.INJECTIONS, Format.JSON, tmp_path / "rows.json")
    (found,) = (r for r in json.loads((tmp_path / "rows.json").read_text())["injections"] if r["id"] == fault)
    assert len(found["probabilities"]) == len(found["probability_places"]) > 5
    shown = read_finished(tmp_path).injections
    died = shown[shown["severity"] == "NO_MALFUNCTION"]
    assert golden_probabilities(shown) == {}
    parts = golden_parts(shown)
    assert set(parts) == {str(frame) for frame in died["frame"]}
    row = died.iloc[0]
    known = parts[str(row["frame"])][str(row["top1_golden"])]
    assert np.float32(known or 0) == np.float32(row["confidence_golden"])
    packed = content(shown, {})
    assert len(packed["columns"]["id"]) == len(shown)
    assert packed["golden"] == parts
