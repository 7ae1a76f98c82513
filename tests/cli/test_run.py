"""A whole study of a small network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import Result

from sassafras.campaign.campaign import Campaign
from sassafras.simulation.outcome import Outcome

Type = Callable[..., Result]

# Small kernels: the time goes into compiling them.
FEW = ["--kernels", "fill_gpu,add_bias,forward_maxpool"]
QUICK = [*FEW, "--modes", "IOV", "--injections", "12", "--workers", "1", "--out", "study"]


def test_from_faults_to_figures(sassafras: Type, files: Any, drawn: None) -> None:
    result = sassafras("run", *files.options, *QUICK, "--modes", "RF,IOA,IOV")
    assert result.exit_code == 0, result.output
    assert "36 injections, 0 errors" in result.stdout
    assert "12 RF + 12 IOA + 12 IOV faults" in result.stderr
    assert "injecting: 36 faults done" in result.stderr

    summary = json.loads(Path("study/summary.json").read_text())
    assert (summary["network"], summary["frames"], summary["seed"]) == ("tiny", 2, 2021)
    last = result.stdout.splitlines()[-1]
    assert last.startswith("not struck: ") and "gemm" in last and "--kernels all" in last
    struck = summary["struck"]
    assert set(struck["kernels"]) == {"fill_gpu", "add_bias", "forward_maxpool"}
    assert f"{(1 - struck['share_of_instructions']) * 100:.1f} % of the instructions" in last
    assert f"{(1 - struck['share_of_modelled_time']) * 100:.1f} % of the modelled time" in last
    assert (summary["self_check"]["form"], summary["self_check"]["passed"]) == ("short", True)
    for mode in summary["modes"].values():
        assert (mode["planned"], mode["injected"], mode["errors"]) == (12, 12, 0)
    rows = pd.read_csv("study/injections.csv")
    assert len(rows) == 36
    assert set(rows["outcome"]) <= set(Outcome)
    assert {path.stem for path in Path("study").glob("*.csv")} >= {
        "outcomes",
        "ckv",
        "clv",
        "due",
        "injections",
    }
    assert len(list(Path("study/figures").glob("*.png"))) == 6
    assert "36 faults did" in Path("study/report.html").read_text("utf-8")


def test_again_and_longer(sassafras: Type, files: Any) -> None:
    """The same command does nothing again; more injections are added to those that are there."""
    sassafras("run", *files.options, *QUICK)
    first = Path("study/injections.csv").read_bytes()
    again = sassafras("run", *files.options, *QUICK)
    assert again.exit_code == 0
    assert "injecting: 0 faults" in again.stderr
    assert Path("study/injections.csv").read_bytes() == first
    longer = sassafras("run", *files.options, *QUICK, "--injections", "14")
    assert "injecting: 2 faults" in longer.stderr
    assert len(pd.read_csv("study/injections.csv")) == 14
    shorter = sassafras("run", *files.options, *QUICK)
    assert shorter.exit_code == 0, shorter.output
    assert Path("study/injections.csv").read_bytes() == first


def test_another_campaign_in_the_folder(sassafras: Type, files: Any) -> None:
    sassafras("run", *files.options, *QUICK)
    before = {path: path.read_bytes() for path in Path("study").rglob("*.*") if path.suffix != ".sqlite-shm"}
    result = sassafras("run", *files.options, *QUICK, "--seed", "5")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: study holds another campaign")
    assert "seed" in line
    assert {path: path.read_bytes() for path in before} == before


def test_interrupted(sassafras: Type, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Campaign, "_inject", stop)
        result = sassafras("run", *files.options, *QUICK)
    assert result.exit_code == 130
    last = result.stderr.splitlines()[-1]
    assert last.startswith("stopped: 0 of 12 injections are stored in study")
    assert "again to go on" in last
    assert not Path("study/summary.json").exists()
    assert sassafras("run", *files.options, *QUICK).exit_code == 0


def test_profile(sassafras: Type, files: Any) -> None:
    result = sassafras("profile", *files.options, *FEW, "--workers", "1", "--modes", "RF,IOV")
    assert result.exit_code == 0, result.output
    (total,) = [line.split() for line in result.stdout.splitlines() if line.startswith("total")]
    assert total[-2:] == ["100.00", "100.00"]
    assert not list(Path.cwd().iterdir())
