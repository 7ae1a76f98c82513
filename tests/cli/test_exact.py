"""``run --exact``: what it prints, writes and refuses, and which commands take it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Study, Type

from sassafras.campaign.design.from_store import COUNTED

OPTIONS = ("--exact", "--kernels", "softmax", "--groups", "PR", "--frames", "1", "--workers", "1")


@pytest.fixture
def folder(study_of: Study) -> Path:
    return study_of("study", *OPTIONS)


def test_what_it_says_of_the_population(sassafras: Type, folder: Path) -> None:
    told = sassafras("tables", folder)
    assert told.exit_code == 0, told.output
    words = " ".join(told.stdout.split())
    assert COUNTED in words
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    assert summary["faults"] == COUNTED
    shares = summary["exact"]["shares"]
    outcomes = ("MASKED", "DUE", "MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION", "NO_MALFUNCTION")
    assert sum(shares[name]["share"] for name in outcomes) == pytest.approx(1)
    assert sum(shares[name]["faults"] for name in outcomes) == summary["exact"]["faults"]
    assert all(one["low"] == one["share"] == one["high"] for one in shares.values())
    with (folder / "injections.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(1)
    assert sum(int(row["faults"]) for row in rows) == summary["exact"]["faults"] > len(rows)


def test_it_is_exported_with_weights_and_judged_without_intervals(sassafras: Type, folder: Path) -> None:
    done = sassafras("export", folder, "--format", "csv", "--out", "rows.csv")
    assert done.exit_code == 0, done.output
    with Path("rows.csv").open() as file:
        exported = list(csv.DictReader(file))
    masked = sum(float(row["weight"]) for row in exported if row["outcome"] == "MASKED")
    summary = json.loads((folder / "summary.json").read_text())
    assert masked == pytest.approx(summary["exact"]["shares"]["MASKED"]["share"])
    assert sassafras("check", folder, "--fail-if", f"MASKED.high in IOV > {masked + 1e-9}").exit_code == 0
    failed = sassafras("check", folder, "--fail-if", f"MASKED.low in IOV > {masked - 1e-9}")
    assert failed.exit_code == 1
    assert COUNTED in " ".join(failed.stdout.split())


def test_its_page_says_what_its_tables_say(sassafras: Type, folder: Path) -> None:
    page = (folder / "report.html").read_text("utf-8")
    summary = json.loads((folder / "summary.json").read_text())
    assert f"Of all {summary['exact']['faults']:,} single-bit faults" in page
    assert COUNTED in page
    (folder / "report.html").unlink()
    done = sassafras("report", folder)
    assert done.exit_code == 0, done.output
    assert (folder / "report.html").read_text("utf-8") == page


@pytest.mark.parametrize("command", ["fit", "harden", "compare"])
def test_what_takes_a_sample_refuses_it(sassafras: Type, folder: Path, command: str) -> None:
    done = sassafras(command, folder, *([folder] if command == "compare" else []))
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith("error: ")
    if command != "compare":
        assert COUNTED in done.stderr


def test_it_goes_on_where_it_was_and_is_told_apart(sassafras: Type, folder: Path, files: Any) -> None:
    again = sassafras("resume", folder, "--workers", "1")
    assert again.exit_code == 0, again.output
    assert "injecting: 0 faults" in again.stderr
    assert "every single-bit IOV fault, by kinds" in sassafras("status", folder).stdout
    other = sassafras("run", *files.options, "--kernels", "softmax", "--modes", "IOV", "--out", folder)
    assert other.exit_code == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ("--modes", "RF"),
            "exact counts single-bit IOV faults of single threads, all of them: no modes other",
        ),
        (("--models", "zero-value"), "no models other than single-bit"),
        (("--until", "1%"), "no until"),
        (("--injections", "5"), "more than 5; take fewer kernels (--kernels)"),
        (("--faults", "faults.csv"), "--exact chooses a sample: it cannot go with --faults"),
    ],
)
def test_what_it_refuses(sassafras: Type, files: Any, options: tuple[str, ...], words: str) -> None:
    chosen = OPTIONS if "--faults" not in options else ("--exact",)
    done = sassafras("run", *files.options, *chosen, *options, "--out", "study")
    assert done.exit_code == 2
    assert words in done.stderr.splitlines()[-1]
    assert not Path("study").exists()


def test_proven_faults_have_the_rows_of_those_that_are_run(sassafras: Type, files: Any) -> None:
    options = (
        *files.options,
        "--modes",
        "IOV",
        "--models",
        "single-bit,zero-value",
        "--injections",
        "40",
        "--frames",
        "1",
    )
    for name, more, words in (
        ("run", (), "40 inj"),
        ("proven", ("--proofs",), "of them proven, not run), 0 err"),
    ):
        done = sassafras("run", *options, "--workers", "1", *more, "--out", name)
        assert done.exit_code == 0, done.output
        assert words in done.stdout
    assert Path("proven/injections.csv").read_bytes() == Path("run/injections.csv").read_bytes()
