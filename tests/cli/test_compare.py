"""``sassafras compare`` on small campaigns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Study, Type

QUICK = ["--kernels", "fill_gpu,add_bias", "--modes", "RF,IOV", "--injections", "8", "--workers", "1"]


@pytest.fixture
def studies(study_of: Study) -> None:
    for name, seed in (("one", 1), ("two", 2)):
        study_of(name, *QUICK, "--seed", seed)


def test_compare(sassafras: Type, studies: None) -> None:
    result = sassafras("compare", "one", "two", "--out", "both")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Outcomes, mode RF" in result.stdout
    assert "differences from A are significant" in result.stdout
    assert "page:    both/compare.html\nnumbers: both/compare.json" in result.stdout
    found = json.loads(Path("both/compare.json").read_text())
    assert [found["campaigns"][k]["settings"]["seed"] for k in "AB"] == [1, 2]
    assert found["layers"] == ["convolutional", "maxpool", "connected", "softmax"]
    assert Path("both/compare_outcomes.svg").exists()


def test_nothing_is_written_without_out(sassafras: Type, studies: None) -> None:
    before = sorted(Path().rglob("*"))
    assert sassafras("compare", "one", "two").exit_code == 0
    assert sorted(Path().rglob("*")) == before


def test_the_same_faults_by_both_engines(sassafras: Type, study_of: Study, studies: None) -> None:
    """Made twice, they are paired, and nothing differs."""
    study_of("full", *QUICK, "--seed", 1, "--engine", "full")
    result = sassafras("compare", "one", "full", "--out", "both")
    assert "A and B hold the same faults: compared fault by fault (McNemar)" in result.stdout
    found = json.loads(Path("both/compare.json").read_text())
    assert found["same_faults_as_A"] == ["B"]
    assert {row["difference"] for row in found["differences"]} == {0}


def test_sampled_campaigns(sassafras: Type, study_of: Study, studies: None) -> None:
    for name, options in (
        ("strata", ["--stratify", "kernel", "--per-stratum", "6"]),
        ("until", ["--until", "20%", "--injections", "300"]),
    ):
        study_of(name, *QUICK[:4], "--workers", "1", *options, "--seed", 3)
    result = sassafras("compare", "one", "strata", "until", "--out", "all")
    assert (result.exit_code, result.stderr) == (0, "")
    text = " ".join(result.stdout.split())
    assert "percentage points (B: MOVER; C: union bound)" in text
    assert "MOVER from the intervals of both (Zou and Donner 2008)" in text
    assert "note: B: shares are weighted over strata (by kernel)" in text
    assert "note: no test of all campaigns together" in text
    found = json.loads(Path("all/compare.json").read_text())
    methods = {(row["campaign"], row["interval"]) for row in found["differences"]}
    assert methods == {("B", "MOVER"), ("C", "union bound")}
    assert found["overall"] == []
    for letter, name in (("B", "strata"), ("C", "until")):
        tables = json.loads(Path(name, "summary.json").read_text())["modes"]
        for row in found["shares"]:
            if (row["campaign"], row["part"]) == (letter, "kernel") and row["event"] != "CRITICAL":
                cell = tables[row["mode"]]["ckv"][row["value"]][row["event"]]
                assert [row[k] for k in ("share", "low", "high")] == [
                    cell[k] for k in ("share", "low", "high")
                ]
    assert Path("all/compare_outcomes.svg").exists()


def test_what_cannot_be_compared(sassafras: Type, study_of: Study, studies: None) -> None:
    study_of("three", *QUICK, "--scope", "warp")
    for words, said in (
        (["one"], "give at least two campaigns"),
        (["one", "one"], "are the same campaign"),
        (["one", "nowhere"], "nowhere holds no campaign"),
        (["one", "three"], "three strikes with --scope warp, one with --scope thread"),
    ):
        result = sassafras("compare", *words)
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert said in line
