"""``sassafras compare`` on small campaigns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.conftest import Study, Type
from tests.cli.small_files import write_files

from sassafras.campaign.finished import read_finished

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


@pytest.mark.long
def test_architectures(sassafras: Type, tmp_path: Path) -> None:
    """One campaign each, run where it is missing; what an inference is there, as each store says."""
    few = ("--kernels", "fill_gpu,add_bias", "--modes", "RF", "--models", "single-bit", "--injections", "20")
    asked = ("compare", "--archs", "sm_50,sm_80", *write_files(tmp_path).options, *few, "--out", "both")
    first = sassafras(*asked, "--workers", "1")
    assert first.exit_code == 0, first.output
    assert "campaign 2 of 2: sm_80, in both/sm_80" in " ".join(first.stderr.split())
    stores = [Path("both", arch, "results.sqlite") for arch in ("sm_50", "sm_80")]
    before = [store.read_bytes() for store in stores]
    again = sassafras(*asked, "--workers", "1")
    said = again.stdout[again.stdout.rindex("Campaigns") :]
    assert said == first.stdout[first.stdout.rindex("Campaigns") :]
    assert [
        read_finished(store.parent).injections.equals(rows_of(content, tmp_path))
        for store, content in zip(stores, before, strict=True)
    ] == [True, True]
    usage = {store: {one.kernel: one for one in read_finished(store.parent).usage} for store in stores}
    for kernel in ("fill_gpu", "add_bias"):
        for store, letter, card in zip(stores, "AB", ("GTX 750 Ti", "A100"), strict=True):
            counted = f"{usage[store][kernel].instructions:,}"
            assert re.search(rf"{kernel} +{letter} +{card} +{counted} ", said)
    assert "AVF of the register file" in said
    assert "Programs and cards" in Path("both/compare.html").read_text()


def rows_of(content: bytes, place: Path) -> pd.DataFrame:
    """The injections of a store with that content."""
    (place / "results.sqlite").write_bytes(content)
    return read_finished(place).injections


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--archs", "sm_50", "--out", "x"), "--archs sm_50: give at least two architectures"),
        (("--archs", "sm_50,sm_80"), "give --out DIR"),
        (("--archs", "sm_50,sm_8", "--out", "x"), "unknown architecture 'sm_8'; did you mean sm_89?"),
        (("--archs", "sm_50,sm_61", "--out", "x"), "sm_61"),
        (("one", "two", "--seed", "3"), "--seed says how a campaign is run: it needs --archs"),
    ],
)
def test_architectures_that_cannot_be_compared(sassafras: Type, words: tuple[str, ...], said: str) -> None:
    refused = sassafras("compare", *words)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())
    assert not Path("x").exists()
