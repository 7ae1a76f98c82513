"""Conditions as exit codes: ``check``, and ``run`` with ``--fail-if``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.cli.conftest import Study, Type

from sassafras.analysis.conditions import percent

QUICK = ["--kernels", "fill_gpu,add_bias", "--modes", "RF,IOV", "--injections", "8", "--workers", "1"]


@pytest.fixture
def study(study_of: Study) -> Path:
    return study_of("study", *QUICK)


def test_check(sassafras: Type, study: Path) -> None:
    rows = pd.read_csv(study / "injections.csv")
    dues = int(((rows["outcome"] == "DUE") & (rows["mode"] == "IOV")).sum())
    result = sassafras("check", study, "--fail-if", f"DUE.count in IOV > {dues}")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"passed: fail if DUE.count in IOV > {dues}: it is {dues} of 8\n"
    result = sassafras("check", study, "--fail-if", f"DUE.count in IOV >= {dues}", "--fail-if", "SDC.low > 1")
    assert (result.exit_code, result.stderr) == (1, "")
    first, second = result.stdout.splitlines()
    assert first == f"FAILED: fail if DUE.count in IOV >= {dues}: it is {dues} of 8"
    assert second.startswith("passed: fail if SDC.low > 1: it is ")


def test_junit(sassafras: Type, study: Path) -> None:
    words = ["--fail-if", "DUE.high <= 100%", "--fail-if", "DUE.low > 100%", "--junit", "out/junit.xml"]
    assert sassafras("check", study, *words).exit_code == 1
    (suite,) = ET.fromstring(Path("out/junit.xml").read_bytes())  # noqa: S314
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("study", "2", "1")
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert properties["kernels"] == "fill_gpu,add_bias"
    assert (properties["planned"], properties["injected"], properties["errors"]) == ("16", "16", "0")


def test_run_judges_what_it_ran(sassafras: Type, files: Any) -> None:
    words = [*files.options, *QUICK, "--out", "study", "--junit", "junit.xml"]
    result = sassafras("run", *words, "--fail-if", "MASKED.high > 0")
    assert result.exit_code == 1, result.output
    assert "16 injections, 0 errors" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("FAILED: fail if MASKED.high > 0: it is ")
    assert Path("junit.xml").exists()
    assert sassafras("run", *words, "--fail-if", "MASKED.high < 0").exit_code == 0


SAMPLED = {
    "strata": (["--stratify", "kernel", "--per-stratum", "6"], "weighted over strata (by kernel), 95 %"),
    "until": (["--until", "20%", "--injections", "300"], "anytime-valid, 95 %"),
}


@pytest.mark.parametrize("way", list(SAMPLED))
def test_sampled_campaigns_are_judged_by_what_their_tables_say(sassafras: Type, files: Any, way: str) -> None:
    options, said = SAMPLED[way]
    words = [*files.options, *QUICK[:4], "--workers", "1", *options, "--out", "study", "--junit", "junit.xml"]
    result = sassafras("run", *words, "--fail-if", "MASKED.low in RF > 0", "--fail-if", "DUE.low > 100%")
    assert result.exit_code == 1, result.output
    failed, passed = result.stdout.splitlines()[-2:]
    table = pd.read_csv("study/outcomes.csv")
    row = table[(table["mode"] == "RF") & (table["outcome"] == "MASKED")].iloc[0]
    bounds = f"{percent(row['low'])}–{percent(row['high'])} %"
    it_is = f"{percent(row['low'])} % ({row['n']} of {row['total']}; {said}: {bounds})"
    assert failed == f"FAILED: fail if MASKED.low in RF > 0: it is {it_is}"
    assert passed.startswith("passed: fail if DUE.low > 100%: it is ")
    assert "weighted over " in passed
    (suite,) = ET.fromstring(Path("junit.xml").read_bytes())  # noqa: S314
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert (
        properties["injected"] == properties["planned"] == str(table.groupby("mode")["total"].first().sum())
    )
    assert properties["stratify" if way == "strata" else "until"] == ("kernel" if way == "strata" else "0.2")
    one = ["--fail-if", "MASKED.low in RF > 0"]
    assert sassafras("check", "study", *one).stdout == f"{failed}\n"
    report = sassafras("report", "study", *one)
    assert (report.exit_code, report.stdout.splitlines()[-1]) == (1, failed)


def test_a_bad_condition_stops_before_anything_runs(sassafras: Type, files: Any) -> None:
    result = sassafras("run", *files.options, *QUICK, "--out", "study", "--fail-if", "DUE.hihg > 1%")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: condition 'DUE.hihg > 1%', character 5 ('hihg'): unknown field")
    assert not Path("study").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to judge: give --fail-if"),
        (["--junit", "x.xml"], "--junit writes the conditions of --fail-if; give at least one"),
        (["--fail-if", "DUE in IOA > 1%"], "no mode IOA in the campaign; it has: RF, IOV"),
        (["--fail-if", "DUE of gemm > 1%"], "no kernel gemm in the campaign; it has: fill_gpu, add_bias"),
        (["--fail-if", "DUE layer 9 > 1%"], "no layer 9 in the campaign; it has: 0, 1, 2, 3"),
    ],
)
def test_what_cannot_be_judged(sassafras: Type, study: Path, words: list[str], said: str) -> None:
    result = sassafras("check", study, *words)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert said in line
    assert not Path("x.xml").exists()


def test_no_campaign(sassafras: Type) -> None:
    result = sassafras("check", "nowhere", "--fail-if", "DUE > 1%")
    assert result.exit_code == 2
    assert "nowhere holds no campaign" in result.stderr
