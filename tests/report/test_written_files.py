"""Files of a campaign, read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.analysis.summary import summarise
from sassafras.errors import CampaignError
from sassafras.faults.model import THREAD_MODES
from sassafras.kernels.programs import load_program
from sassafras.report.files import write_tables, write_text
from sassafras.report.listing import listing_lines
from sassafras.report.write import csv_tables, write_report


def test_tables_read_back_are_those_of_the_analysis(results: Results, tmp_path: Path) -> None:
    names = [path.name for path in write_tables(tmp_path, csv_tables(results))]
    assert names == [
        f"{name}.csv"
        for name in (
            *("outcomes", "by_model", "ckv", "clv", "sums", "due", "masked", "population", "injections"),
            "errors",
        )
    ]
    ckv = pd.read_csv(tmp_path / "ckv.csv")
    assert ckv.columns.tolist() == [
        "mode",
        "kernel",
        "outcome",
        "n",
        "total",
        "share",
        "low",
        "high",
        "below",
    ]
    assert ckv["outcome"].tolist() == [c.value for c in OutcomeClass] * len(results.kernels) * len(
        THREAD_MODES
    )
    for mode in THREAD_MODES:
        part = ckv[ckv["mode"] == mode.value].drop(columns="mode").reset_index(drop=True)
        pd.testing.assert_frame_equal(part, results.ckv(mode), check_dtype=False)


def test_injections_read_back_bit_for_bit(results: Results, tmp_path: Path) -> None:
    write_tables(tmp_path, csv_tables(results))
    text = (tmp_path / "injections.csv").read_text("utf-8")
    assert ",3.0," not in text, "a class is a whole number"
    rows = pd.read_csv(tmp_path / "injections.csv", keep_default_na=False)
    assert rows["id"].tolist() == results.injections["id"].tolist()
    for written, stored in zip(rows["probabilities"], results.injections["probabilities"], strict=True):
        values = np.array(written.split(), dtype=np.float64).astype("<f4")
        assert values.tobytes() == (stored if isinstance(stored, bytes) else b"")


def test_everything_is_written(results: Results, tmp_path: Path) -> None:
    paths = write_report(tmp_path, results)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {path.relative_to(tmp_path).as_posix() for path in paths}
    assert {
        f"figures/{metric}_{mode.value}.png" for metric in ("ckv", "clv") for mode in THREAD_MODES
    } <= found
    assert json.loads((tmp_path / "summary.json").read_text("utf-8")) == json.loads(
        json.dumps(summarise(results))
    )


def test_an_unfinished_campaign_writes_nothing(results: Results, tmp_path: Path) -> None:
    with pytest.raises(CampaignError):
        write_report(tmp_path, replace(results, planned=dict.fromkeys(THREAD_MODES, 1000)))
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    write_text(path, "one\n")
    write_text(path, "zwei – 2\n")
    assert path.read_bytes() == "zwei – 2\n".encode()
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_listing() -> None:
    program = load_program("fill_gpu")
    issued = [1000 * (k + 1) for k in range(len(program.instructions))]
    executed = [count // 2 for count in issued]
    heading, *lines, total = listing_lines(program, issued, executed)
    assert heading.split() == ["offset", "issued", "executed", "instruction"]
    for line, instruction, count in zip(lines, program.instructions, issued, strict=True):
        offset, reached, done, text = line.split(maxsplit=3)
        assert int(offset, 16) == instruction.offset
        assert (reached, done) == (f"{count:,}", f"{count // 2:,}")
        assert text == instruction.text
    assert total.split() == ["total", f"{sum(issued):,}", f"{sum(executed):,}"]
