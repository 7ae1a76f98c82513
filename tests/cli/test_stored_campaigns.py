"""status, resume, merge, export: what is typed and what is answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.campaign.stores import content
from typer.testing import Result

from sassafras.campaign import campaign as campaign_module
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.store.results import Store

Type = Callable[..., Result]

# Small kernels: the time goes into compiling them.
QUICK = ["--kernels", "fill_gpu,add_bias", "--modes", "RF,IOV", "--injections", "12", "--workers", "1"]


def refused(result: Result, *words: str) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    for word in words:
        assert word in line
    return line


@pytest.fixture
def stopped(sassafras: Type, files: Any, monkeypatch: pytest.MonkeyPatch) -> Result:
    """A campaign in "study", stopped after its first batch."""
    add = Store.add
    batches: list[object] = []

    def once(*given: Any) -> None:
        if batches:
            raise KeyboardInterrupt
        batches.append(given)
        add(*given)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "add", once)
        patch.setattr(campaign_module, "FEWEST", 5)
        return sassafras("run", *files.options, *QUICK, "--out", "study")


def test_status_and_resume(sassafras: Type, files: Any, stopped: Result) -> None:
    assert stopped.exit_code == 130
    assert stopped.stderr.splitlines()[-1].endswith("again to go on (or: sassafras resume study)")
    told = sassafras("status", "study")
    assert told.exit_code == 0, told.output
    first, *rest = told.stdout.splitlines()
    assert first.startswith("study: unfinished, ")
    assert first.endswith(" %)")
    assert rest[-1] == "go on with   sassafras resume study"

    resumed = sassafras("resume", "study", "--workers", "1")
    assert resumed.exit_code == 0, resumed.output
    assert "12 RF + 12 IOV faults into fill_gpu, add_bias" in " ".join(resumed.stderr.split())
    assert "24 injections, 0 errors" in resumed.stdout
    assert Path("study/summary.json").is_file()
    sassafras("run", *files.options, *QUICK, "--out", "whole")
    assert content(Path("study")) == content(Path("whole"))
    assert Path("study/injections.csv").read_bytes() == Path("whole/injections.csv").read_bytes()

    done = sassafras("status", "study").stdout
    assert "study: complete, 24 of 24 faults done (100 %)" in done
    assert "go on with" not in done
    again = sassafras("resume", "study", "--workers", "1")
    assert again.exit_code == 0
    assert "injecting: 0 faults" in again.stderr


@pytest.mark.usefixtures("stopped")
def test_status_for_programs(sassafras: Type) -> None:
    found = json.loads(sassafras("status", "study", "--json").stdout)
    assert found["state"] == "unfinished"
    for mode in found["modes"].values():
        assert mode["planned"] == 12 == mode["injected"] + mode["errors"] + mode["missing"]
    assert sum(mode["injected"] for mode in found["modes"].values()) > 0
    assert found["settings"]["kernels"] == ["fill_gpu", "add_bias"]
    assert found["writer"]["process"] > 0
    assert not found["running"]


def test_a_shard_goes_on_as_a_shard(sassafras: Type, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Campaign, "_inject", stop)
        assert sassafras("run", *files.options, *QUICK, "--shard", "2/5", "--out", "part").exit_code == 130
    resumed = sassafras("resume", "part", "--workers", "1")
    assert resumed.exit_code == 0, resumed.output
    assert "shard 2/5" in " ".join(resumed.stderr.split())
    assert pd.read_csv("part/injections.csv")["id"].tolist() == [3, 5, 18, 20, 33, 35]  # 1, 6, 11
    summary = json.loads(Path("part/summary.json").read_text())
    assert {mode["planned"] for mode in summary["modes"].values()} == {3}
    assert "shard 2/5" in sassafras("status", "part").stdout


def test_shards_merged_are_the_campaign(sassafras: Type, files: Any) -> None:
    for index in (1, 2):
        result = sassafras("run", *files.options, *QUICK, "--shard", f"{index}/2", "--out", f"part{index}")
        assert result.exit_code == 0, result.output
    merged = sassafras("merge", "all", "part1", "part2")
    assert merged.exit_code == 0, merged.output
    assert merged.stdout.splitlines()[:3] == [
        "part1: 12 injections, 0 errors, 12 of them new",
        "part2: 12 injections, 0 errors, 12 of them new",
        "all: complete, 24 of 24 faults done (100 %)",
    ]
    assert merged.stdout.splitlines()[-1] == "tables and figures: sassafras resume all"
    sassafras("run", *files.options, *QUICK, "--out", "whole")
    assert content(Path("all")) == content(Path("whole"))
    for folder in ("all", "whole"):
        assert sassafras("resume", folder, "--workers", "1").exit_code == 0
    for name in ("injections", "ckv", "clv", "outcomes"):
        assert Path(f"all/{name}.csv").read_bytes() == Path(f"whole/{name}.csv").read_bytes()
    refused(sassafras("merge", "all", "part1"), "all holds a campaign already")
    sassafras("run", *files.options, *QUICK, "--seed", "1", "--out", "other")
    line = refused(
        sassafras("merge", "new", "part1", "other"), "part1 and other are different campaigns", "seed"
    )
    assert "Traceback" not in line
    assert not Path("new").exists()


def test_an_incomplete_merge_goes_on(sassafras: Type, files: Any) -> None:
    for index in (1, 3):
        sassafras("run", *files.options, *QUICK, "--shard", f"{index}/3", "--out", f"part{index}")
    merged = sassafras("merge", "all", "part1", "part3")
    assert "all: unfinished, 16 of 24 faults done (66 %)" in merged.stdout
    assert "go on with   sassafras resume all" in merged.stdout
    resumed = sassafras("resume", "all", "--workers", "1")
    assert "injecting: 8 faults" in resumed.stderr
    sassafras("run", *files.options, *QUICK, "--out", "whole")
    assert content(Path("all")) == content(Path("whole"))


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize(
    ("options", "path"),
    [
        ([], "study/export/injections.parquet"),
        (["--format", "csv"], "study/export/injections.csv"),
        (["--format", "JSON", "--table", "errors"], "study/export/errors.json"),
        (["--out", "mine.csv"], "mine.csv"),
        (["--out", "mine", "--format", "json"], "mine"),
    ],
)
def test_export(sassafras: Type, options: list[str], path: str) -> None:
    result = sassafras("export", "study", *options)
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert " of study (unfinished, fingerprint " in line
    assert line.endswith(f"): {path}")
    assert Path(path).stat().st_size > 0


def test_export_tells_of_errors(sassafras: Type, files: Any, stopped: Result) -> None:
    with closing(sqlite3.connect("study/results.sqlite")) as db:
        missing = next(n for n in range(36) if n % 3 == 0 and not _known(db, n))
        db.execute("INSERT INTO errors VALUES (?, 'RF', 'not reached')", (missing,))
        db.commit()
    result = sassafras("export", "study", "--format", "csv")
    assert result.stdout.splitlines()[1] == "errors of ours, which are no injections: 1 (--table errors)"
    assert sassafras("export", "study", "--format", "csv", "--table", "errors").exit_code == 0
    assert Path("study/export/errors.csv").read_text() == f"id,mode,message\n{missing},RF,not reached\n"


def _known(db: sqlite3.Connection, number: int) -> bool:
    return db.execute("SELECT 1 FROM injections WHERE id = ?", (number,)).fetchone() is not None


@pytest.mark.parametrize("command", ["status", "resume", "export"])
def test_no_campaign(sassafras: Type, command: str) -> None:
    Path("empty").mkdir()
    refused(sassafras(command, "empty"), "empty holds no campaign; make one with: sassafras run --out empty")
    refused(sassafras(command, "none"), "none holds no campaign")
    Path("empty/results.sqlite").touch()
    refused(sassafras(command, "empty"), "results.sqlite is empty", "begin it again")
    Path("empty/results.sqlite").write_bytes(b"something else altogether" * 99)
    refused(sassafras(command, "empty"), "cannot be read as a campaign's store (file is not a database)")


def test_words_that_mean_nothing(sassafras: Type, stopped: Result) -> None:
    refused(sassafras("export", "study", "--format", "xlsx"), "unknown format 'xlsx'", "parquet, csv, json")
    refused(sassafras("export", "study", "--out", "rows.txt"), "unknown format 'txt'")
    refused(sassafras("export", "study", "--table", "frames"), "unknown table 'frames'")
    refused(sassafras("run", "--shard", "3"), "--shard 3: give part and parts, such as 2/5")
    refused(sassafras("merge", "out"), "DIR")


def test_files_that_moved(sassafras: Type, files: Any, stopped: Result) -> None:
    """Resume tells which; the command that made it, with their new places, goes on."""
    moved = files.weights.rename(files.weights.with_name("moved.weights"))
    refused(sassafras("resume", "study"), "tiny.weights")
    given = [str(moved) if word == str(files.weights) else word for word in files.options]
    assert sassafras("run", *given, *QUICK, "--out", "study").exit_code == 0
    assert sassafras("resume", "study", "--workers", "1").exit_code == 0
