"""``sassafras plan``, and the options of ``run`` that it names, as typed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.conftest import Files, Type
from typer.testing import Result

CRITICAL = ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    (line,) = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert all(words in line for words in said), line


def test_a_probe_leaves_nothing_behind(sassafras: Type, files: Files, tmp_path: Path) -> None:
    result = sassafras("plan", *files.options, "--probe", 3, "--workers", 1, "--half-width", "2%")
    assert result.exit_code == 0, result.output
    assert "measured by 9 probe injections, 1 worker" in " ".join(result.stdout.split())
    assert "layer 3 softmax" in result.stdout
    assert "--until 2%" in result.stdout
    assert os.listdir(tmp_path / "here") == []  # noqa: PTH208  (every entry, hidden ones too)


def test_a_folder_is_planned_from(sassafras: Type, files: Files) -> None:
    made = sassafras("run", *files.options, "--injections", 4, "--workers", 1, "--out", "study")
    assert made.exit_code == 0, made.output
    result = sassafras("plan", "study", "--half-width", "0.5%", "--expect", "2%")
    assert "measured in study (12 injections)" in " ".join(result.stdout.split())
    assumed = sassafras("plan", "study", "--rate", 1000)
    assert "1,000.0 injections per second: assumed (--rate)" in " ".join(assumed.stdout.split())
    refused(sassafras("plan", "study", "--modes", "RF"), "leave out DIR, or the options")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--half-width", "0"), ("--half-width 0", "such as 0.5%")),
        (("--half-width", "a"), ("--half-width a", "give a share")),
        (("--expect", "120%"), ("--expect 120%", "100% at most")),
        (("--confidence", "1"), ("--confidence 1", "such as 95%")),
        (("nowhere",), ("nowhere holds no campaign",)),
    ],
)
def test_bad_plans(sassafras: Type, options: tuple[str, ...], said: tuple[str, ...]) -> None:
    refused(sassafras("plan", *options), *said)


def test_a_stratified_run(sassafras: Type, files: Files) -> None:
    result = sassafras(
        *("run", *files.options, "--stratify", "layer", "--per-stratum", 5, "--workers", 1, "--out", "study")
    )
    assert result.exit_code == 0, result.output
    assert "5 RF + 5 IOA + 5 IOV faults in each of 4 layers" in " ".join(result.stderr.split())
    assert "Weighted beside uniform" in sassafras("tables", "study").stdout
    summary = json.loads(Path("study/summary.json").read_text())
    (worst,) = [line for line in result.stdout.splitlines() if line.startswith("worst kernel")]
    assert "(" not in worst, "counts of a stratified sample are no parts of its critical faults"
    for mode in ("RF", "IOA", "IOV"):
        (part,) = re.findall(rf"{mode} (\w+) ([\d.]+) %", worst) or [("", "")]
        critical = {
            kernel: sum(cells[name]["share"] or 0 for name in CRITICAL)
            for kernel, cells in summary["modes"][mode]["ckv"].items()
        }
        if part[0]:
            assert critical[part[0]] == max(critical.values())
            share = 100 * critical[part[0]] / sum(critical.values())
            assert float(part[1]) == pytest.approx(share, abs=0.051)
        else:
            assert f"{mode} none critical" in worst
            assert not any(critical.values())
    assert summary["sampling"]["stratify"] == "layer"
    assert summary["sampling"]["lanes"][1] == {"mode": "RF", "stratum": "1", "faults": 5}
    assert summary["modes"]["RF"]["planned"] == 20
    for mode in ("RF", "IOA", "IOV"):
        total = sum(cell["share"] for row in summary["modes"][mode]["ckv"].values() for cell in row.values())
        assert total == pytest.approx(1), "weighted bars of a mode are 100 % together"
    population = pd.read_csv("study/population.csv")
    assert population.groupby("mode")["weight"].sum().tolist() == pytest.approx([1, 1, 1])
    refused(sassafras("harden", "study"), "was stratified by layer", "without --stratify")
    assert sassafras("run", *files.options, "--workers", 1, "--out", "study").exit_code == 2


def test_a_sequential_run(sassafras: Type, files: Files) -> None:
    result = sassafras(
        *("run", *files.options, "--until", "10%", "--modes", "RF,IOA", "--workers", 1, "--out", "study")
    )
    assert result.exit_code == 0, result.output
    assert "until every share is known to ±10 %" in " ".join(result.stderr.split())
    assert "Sequential stop" in result.stdout
    assert "anytime-valid" in result.stdout
    sampling = json.loads(Path("study/summary.json").read_text())["sampling"]
    assert sampling["until"] == 0.1
    assert sampling["intervals"]["anytime_valid"] is True
    assert all(lane["reached"] and lane["half_width"] <= 0.1 for lane in sampling["lanes"])
    assert all(lane["faults"] <= lane["most"] for lane in sampling["lanes"])
    refused(sassafras("harden", "study"), "stopped by --until", "its rows are kept")
    capped = sassafras(
        *("run", *files.options, "--until", "1%", "--injections", 200, "--modes", "RF", "--workers", 1),
        *("--out", "capped"),
    )
    assert "not within 200" in capped.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--per-stratum", "5"), ("--per-stratum needs --stratify",)),
        (("--stratify", "thread"), ("unknown kind of stratum 'thread'", "kernel, layer")),
        (("--until", "60%"), ("--until 60%", "such as 0.5%")),
        (("--until", "0"), ("--until 0",)),
        (("--until", "soon"), ("--until soon",)),
    ],
)
def test_bad_wishes(sassafras: Type, options: tuple[str, ...], said: tuple[str, ...]) -> None:
    refused(sassafras("run", *options), *said)


def test_a_shard_cannot_stop_by_itself(sassafras: Type) -> None:
    refused(sassafras("run", "--until", "5%", "--shard", "1/2"), "cannot go with --shard")
