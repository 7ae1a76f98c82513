"""Explaining faults of hardened programs: those that were noticed, and those that were not."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.explanation.explained import one_of_each

from sassafras.campaign.campaign import Campaign
from sassafras.errors import CampaignError, UsageError
from sassafras.explanation.steps import Fate
from sassafras.explanation.tell import explain
from sassafras.hardening import reopen
from sassafras.hardening.evaluate import FOLDER, Evaluation
from sassafras.hardening.reopen import open_hardened_case
from sassafras.network.source import NetworkSource
from sassafras.progress import Silence
from sassafras.report.explain_sentences import in_brief
from sassafras.report.page.explain import explain_page


@pytest.fixture
def stores(campaign: Campaign, evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The stores of the evaluation; the campaign is opened as it is, for its network is in no file."""
    monkeypatch.setattr(reopen, "open_campaign", lambda folder: (campaign, NetworkSource()))
    name = str(evaluation.network.protection).replace(",", "+")
    folder = campaign.folder / FOLDER
    return {view: folder / f"{name}.{view}.sqlite" for view in ("fresh", "replay")}


def rows_of(evaluation: Evaluation, view: str) -> pd.DataFrame:
    return evaluation.fresh if view == "fresh" else evaluation.replayed


@pytest.mark.parametrize("view", ["fresh", "replay"])
def test_one_fault_of_each_class_is_told_as_it_is_stored(
    stores: dict[str, Path], evaluation: Evaluation, view: str
) -> None:
    rows = rows_of(evaluation, view)
    outcomes = set()
    for fault in one_of_each(rows):
        case = open_hardened_case(stores[view], str(fault), Silence())
        explanation = explain(case)
        story, row = explanation.story, case.row
        outcomes.add(row.outcome)
        assert story.scene.program == explanation.replay.planned.program
        assert (story.trap is not None) == (row.outcome == "DUE")
        assert story.alarms == {"DETECTED": ("detected",), "CORRECTED": ("corrected",)}.get(row.outcome, ())
        assert (len(story.layers) > 0) == (row.outcome == "SDC")
        corrupted = {str(c.layer): c.differing for c in story.layers if c.differing}
        assert corrupted == json.loads(row.corrupted or "{}")
        brief = " ".join(in_brief(story))
        if row.outcome == "DETECTED":
            assert "set its detected word" in brief
            assert brief.endswith("the host discards the result.")
        if row.outcome == "CORRECTED":
            assert story.word_count == 0
            assert story.fate is Fate.NOTICED
            assert brief.endswith("everything else in memory is golden: it repaired the damage.")
        assert explain_page(explanation).endswith("</html>\n")
    assert outcomes == set(rows["outcome"])
    assert outcomes >= {"MASKED", "DUE", "SDC", "DETECTED", "CORRECTED"}


def test_a_fault_without_a_counterpart_says_so(stores: dict[str, Path], evaluation: Evaluation) -> None:
    fault = min(evaluation.no_counterpart)
    with pytest.raises(CampaignError, match=r"does not exist in the hardened program \(no counterpart"):
        open_hardened_case(stores["replay"], str(fault), Silence())


def test_unknown_faults_and_files_are_refused(stores: dict[str, Path], tmp_path: Path) -> None:
    for store in stores.values():
        with pytest.raises(UsageError, match=r"has no fault IOV:4000"):
            open_hardened_case(store, "IOV:4000", Silence())
    other = tmp_path / "results.sqlite"
    other.touch()
    with pytest.raises(CampaignError, match=r"is no store of a hardened program; give a campaign's folder"):
        open_hardened_case(other, "1", Silence())
    missing = stores["fresh"].with_name("add_bias=dmr.replay.sqlite")
    with pytest.raises(CampaignError, match=r"add_bias=dmr\.fresh\.sqlite is missing or was never run"):
        open_hardened_case(missing, "1", Silence())
