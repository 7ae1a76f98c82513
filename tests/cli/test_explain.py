"""``sassafras explain``, typed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.conftest import Files, Study, Type


@pytest.fixture
def campaign(study_of: Study) -> Path:
    """A finished campaign in the folder ``run``."""
    return study_of("run", "--injections", 20, "--workers", 1)


def id_of(folder: Path, outcome: str) -> int:
    rows = pd.read_csv(folder / "injections.csv")
    return int(rows.loc[rows["outcome"] == outcome, "id"].iloc[0])


def test_tells_a_fault_by_its_id_or_its_number(campaign: Path, sassafras: Type) -> None:
    one, other = sassafras("explain", campaign, 7), sassafras("explain", campaign, "ioa:2")
    assert one.exit_code == 0, one.output
    assert one.stdout == other.stdout
    assert one.stdout.startswith("Fault IOA:2 (id 7) of run: ")
    assert "Where and when" in one.stdout
    assert max(map(len, one.stdout.splitlines())) <= 80


def test_writes_page_trace_and_json(campaign: Path, sassafras: Type) -> None:
    fault = id_of(campaign, "SDC")
    done = sassafras("explain", campaign, fault, "--html", "--trace", "t.csv")
    assert done.exit_code == 0, done.output
    (page,) = (campaign / "explain").iterdir()
    assert page.name.endswith(f"-{fault // 3}.html")
    assert f"page:  {page}" in done.stdout
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    rows = len(Path("t.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"trace: t.csv ({rows:,} instructions)" in done.stdout
    elsewhere = sassafras("explain", campaign, fault, "--json", "--out", "sub/here.html")
    assert json.loads(elsewhere.stdout)["row"]["id"] == fault
    assert Path("sub/here.html").read_bytes() == page.read_bytes()


def test_bad_input_is_one_line(campaign: Path, sassafras: Type, tmp_path: Path) -> None:
    for words, message in (
        ((campaign, "x"), "'x' is no fault: give its id (417), or its mode and number (IOV:417)"),
        ((campaign, "IOX:1"), "'IOX:1': there is no mode IOX; did you mean IOV? the modes are RF, IOA, IOV"),
        ((campaign, 999), "run has no fault RF:333 (id 999); its faults are RF:0 to RF:19,"),
        ((tmp_path / "no", 1), "holds no campaign; make one with: sassafras run"),
        ((campaign / "summary.json", 1), "is no store of a hardened program; give a campaign's folder"),
        ((campaign,), "Missing argument"),
        ((campaign, 1, "--steps", 0), "--steps"),
    ):
        done = sassafras("explain", *words)
        assert done.exit_code == 2, done.output
        (line,) = done.stderr.splitlines()
        assert line.startswith("error: ")
        assert message in line
        assert done.stdout == ""


def test_an_unfinished_campaign_tells_what_it_has(
    files: Files, sassafras: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sassafras.campaign.campaign import Campaign

    whole = Campaign.missing
    monkeypatch.setattr(Campaign, "missing", lambda self: whole(self)[:6])
    began = sassafras("run", *files.options, "--injections", 20, "--workers", 1, "--out", "run")
    assert "20 planned faults 2 were injected" in began.stderr, began.output
    monkeypatch.setattr(Campaign, "missing", whole)
    done = sassafras("explain", "run", "RF:1")
    assert done.exit_code == 0, done.output
    missing = sassafras("explain", "run", "RF:19")
    assert missing.exit_code == 2
    assert "fault RF:19 (id 57) of run is not injected yet; finish the campaign" in missing.stderr
