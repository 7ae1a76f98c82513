"""``--models`` with built-in tables and with a file of one's own: run, resume, explain, lists, bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import Result

Type = Callable[..., Result]

OWN = """
name = "three-in-a-row"
says = "three neighbours flip"
modes = ["IOV"]
source = "made up for this test"
conditions = "none"
sure = "not at all"
assumptions = ["the same for every opcode"]
[law]
kind = "bits"
multiplicity = [0, 0, 1]
adjacent = true
"""
ASKED = ("--modes", "IOV", "--injections", "30", "--workers", "1")


def test_a_model_of_one_s_own_from_end_to_end(sassafras: Type, files: Any) -> None:
    own = Path("three.toml")
    own.write_text(OWN)
    models = ("--models", f"single-bit,{own},rtl-value-class")
    done = sassafras("run", *files.options, *ASKED, *models, "--out", "mine")
    assert done.exit_code == 0, done.output
    assert "30 injections, 0 errors" in done.stdout
    assert "three-in-a-row (not at all): assumed: the same for every opcode" in done.stdout
    assert "how large the structures of a real GPU are is not public" in done.stdout
    page = Path("mine/report.html").read_text()
    assert "made up for this test" in page
    rows = pd.read_csv("mine/injections.csv")
    assert rows.groupby("model").size().to_dict() == dict.fromkeys(
        ("single-bit", "three-in-a-row", "rtl-value-class"), 10
    )
    own.unlink()  # the campaign holds the model
    assert sassafras("resume", "mine", "--workers", "1").exit_code == 0
    struck = pd.read_csv("mine/injections.csv").dropna(subset="before")
    three = struck[struck["model"] == "three-in-a-row"]
    flips = [int(b, 16) ^ int(a, 16) for b, a in zip(three["before"], three["after"], strict=True)]
    assert {f // (f & -f) for f in flips} == {7}
    number = int(three["id"].iloc[0]) // 3
    told = sassafras("explain", "mine", f"IOV:{number}")
    assert told.exit_code == 0, told.output
    assert "three-in-a-row" in told.stdout
    listed = sassafras("sites", "mine", "--format", "nvbitfi", "--out", "list")
    assert "NVBitFI has no fault model three-in-a-row" in listed.output
    tables = sassafras("tables", "mine")
    assert "three-in-a-row" in tables.stdout


def test_a_table_s_fault_alone_ends_the_same(sassafras: Type, files: Any) -> None:
    sassafras("run", *files.options, *ASKED, "--models", "rtl-value-class", "--out", "all")
    rows = pd.read_csv("all/injections.csv")
    told = sassafras("explain", "all", "IOV:4").stdout.splitlines()
    heading = next(k for k, line in enumerate(told) if line.strip().startswith("kernel,invocation"))
    Path("one.csv").write_text("\n".join(line.strip() for line in told[heading : heading + 2]) + "\n")
    alone = sassafras("run", *files.options, "--faults", "one.csv", "--workers", "1", "--out", "alone")
    assert alone.exit_code == 0, alone.output
    (one,), (same,) = (
        frame.drop(columns="id")
        .astype(object)
        .where(frame.drop(columns="id").notna(), None)
        .to_dict("records")
        for frame in (rows[rows["id"] == 14], pd.read_csv("alone/injections.csv"))
    )
    assert one == same


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--models", "none.toml", "--modes", "IOV"), "none.toml: cannot be read as a fault model"),
        (("--models", "bad.toml", "--modes", "IOV"), "bad.toml: law: Field required"),
        (("--models", "taken.toml", "--modes", "IOV"), "a model is called single-bit already"),
        (("--models", "rtl-value-class"), "the model rtl-value-class is of IOV faults, not of RF"),
        (("--models", "rtl-value"), "unknown fault model 'rtl-value'; did you mean rtl-value-class"),
        (("--scope", "lanes"), "the model single-bit has no table of lanes: choose scope thread or warp"),
    ],
)
def test_bad_input_is_one_line(sassafras: Type, files: Any, options: tuple[str, ...], said: str) -> None:
    Path("bad.toml").write_text(OWN.partition("[law]")[0])
    Path("taken.toml").write_text(OWN.replace("three-in-a-row", "single-bit"))
    done = sassafras("run", *files.options, *options, "--injections", "3", "--out", "x")
    assert done.exit_code == 2
    (line,) = (text for text in done.stderr.splitlines() if text.startswith("error: "))
    assert said in line
    assert not Path("x").exists()
