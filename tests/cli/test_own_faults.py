"""``sassafras run --faults``: from a file to counts, and to the line that is one fault alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import Result

from sassafras.faults.own import HEADING

Type = Callable[..., Result]

SEVEN = "kernel,invocation,block,thread,instruction,target,mask"
LINES = ("add_bias,0,0,7,3,RF:R2,0x00000080", "fill_gpu,1,0,0,0,RF:R1,=0x0")
SAID = "chosen by you, not a sample"


def write(*lines: str, name: str = "mine.csv") -> Path:
    path = Path(name)
    path.write_text("\n".join([SEVEN, *lines]) + "\n")
    return path


def test_from_a_file_to_counts(sassafras: Type, files: Any) -> None:
    result = sassafras("run", *files.options, "--faults", write(*LINES), "--workers", "1")
    assert result.exit_code == 0, result.output
    assert f"2 RF faults {SAID}" in result.stderr
    assert SAID in result.stdout
    assert "2 injections, 0 errors" in result.stdout
    assert "%" not in result.stdout.partition("Outcomes")[2]
    folder = Path("runs/mine")
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["faults"] == SAID
    assert not {"share", "low", "high", "sampling"} & set(json.dumps(summary).split('"'))
    (mode,) = summary["modes"].values()
    assert (mode["planned"], mode["injected"], sum(mode["endings"].values())) == (2, 2, 2)
    written = {path.name for path in folder.iterdir() if path.suffix in (".csv", ".html", ".png", ".json")}
    assert written == {"injections.csv", "errors.csv", "summary.json"}
    assert not (folder / "figures").exists()
    rows = pd.read_csv(folder / "injections.csv")
    assert rows["kernel"].tolist() == ["add_bias", "fill_gpu"]

    tables = sassafras("tables", folder)
    assert (
        tables.exit_code == 0 and SAID in tables.stdout and "%" not in tables.stdout.partition("Outcomes")[2]
    )
    status = sassafras("status", folder)
    assert f"2 RF faults {SAID}" in status.stdout
    for words in (
        ("report", folder), ("check", folder, "--fail-if", "DUE > 1%"), ("compare", folder, folder),
        ("fit", folder), ("harden", folder),
    ):  # fmt: skip
        refused = sassafras(*words)
        assert (refused.exit_code, refused.stdout) == (2, ""), (words, refused.output)
        (line,) = (text for text in refused.stderr.splitlines() if text.startswith("error: "))
        assert SAID in line or "same campaign" in line
    assert not (folder / "report.html").exists()


def test_stopped_and_resumed(sassafras: Type, files: Any) -> None:
    mine = write(*LINES)
    sassafras("run", *files.options, "--faults", mine, "--shard", "1/2", "--out", "own", "--workers", "1")
    assert len(pd.read_csv("own/injections.csv")) == 1
    sassafras("run", *files.options, "--faults", mine, "--out", "own", "--workers", "1")
    assert len(pd.read_csv("own/injections.csv")) == 2
    mine.unlink()  # the store has the faults
    resumed = sassafras("resume", "own", "--workers", "1")
    assert resumed.exit_code == 0, resumed.output
    assert "2 injections, 0 errors" in resumed.stdout


def test_explain_prints_the_line_that_is_this_fault_alone(sassafras: Type, files: Any) -> None:
    options = ("--kernels", "fill_gpu,add_bias,forward_maxpool", "--injections", "8", "--workers", "1")
    assert sassafras("run", *files.options, *options, "--out", "drawn").exit_code == 0
    drawn = pd.read_csv("drawn/injections.csv").set_index("id")
    for fault in ("RF:3", "IOA:4", "IOV:5"):
        text = sassafras("explain", "drawn", fault).stdout.splitlines()
        place = text.index(HEADING)
        Path("alone.csv").write_text("\n".join(text[place : place + 2]) + "\n")
        told = json.loads(sassafras("explain", "drawn", fault, "--json").stdout)
        assert told["own"] == text[place + 1]
        out = fault.replace(":", "-")
        one = ("--faults", "alone.csv", "--workers", "1", "--out", out)
        result = sassafras("run", *files.options, *one)
        assert result.exit_code == 0, result.output
        (row,) = pd.read_csv(f"{out}/injections.csv").drop(columns="id").to_dict("records")
        before = drawn.loc[told["row"]["id"]].to_dict()
        assert {k: repr(v) for k, v in row.items()} == {k: repr(v) for k, v in before.items()}
        page = sassafras("explain", out, fault.split(":")[0] + ":0", "--html")
        assert page.exit_code == 0, page.output
        html = next(Path(out, "explain").glob("*.html")).read_text()
        assert text[place + 1] in html


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["add_bias,0,0,7,3,RF:R2,0x0"], ["mine.csv, line 2, column mask", "flips nothing"]),
        ([LINES[0], "add_bias,9,0,7,3,RF:R2,0x1"], ["mine.csv, line 3, column invocation", "launches"]),
        ([LINES[0], "add_bias,0,0,7,99999,RF:R2,0x1"], ["mine.csv, line 3, column instruction", "issues"]),
    ],
)
def test_a_bad_line_is_refused_and_nothing_written(
    sassafras: Type, files: Any, lines: list[str], words: list[str]
) -> None:
    result = sassafras("run", *files.options, "--faults", write(*lines), "--workers", "1")
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    for word in words:
        assert word in line
    assert [path.name for path in Path.cwd().iterdir()] == ["mine.csv"]


@pytest.mark.parametrize(
    "option",
    [
        ("--modes", "RF"), ("--injections", "5"), ("--models", "single-bit"), ("--groups", "GPR"),
        ("--kernels", "gemm"), ("--scope", "warp"), ("--until", "1%"), ("--stratify", "kernel"),
        ("--fail-if", "DUE > 1%"),
    ],
)  # fmt: skip
def test_options_of_a_sample_are_refused(sassafras: Type, option: tuple[str, str]) -> None:
    result = sassafras("run", "--faults", write(*LINES), *option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert option[0] in result.stderr and "cannot go with --faults" in result.stderr
    assert [path.name for path in Path.cwd().iterdir()] == ["mine.csv"]


def test_no_such_file(sassafras: Type) -> None:
    result = sassafras("run", "--faults", "none.csv")
    assert result.exit_code == 2
    assert "none.csv cannot be read (No such file or directory)" in result.stderr
