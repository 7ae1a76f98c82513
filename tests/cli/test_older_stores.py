"""Kept stores of schema 1 (AlexNet, 3 x 40 injections, seed 14; written by 0.1.0 before invalid outputs were
an outcome of their own) and of schema 2: what reads them, and what refuses them.

What they must say is computed here from their raw tables, with nothing of Sassafras.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import Result

from sassafras.analysis.critical import Criticality
from sassafras.campaign.finished import read_finished

Type = Callable[..., Result]

KEPT = Path(__file__).parents[1] / "campaign" / "stored" / "schema_1.sqlite"
RAW = "SELECT id, mode, frame, outcome, severity, output_nan, probabilities FROM injections ORDER BY id"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "here" / "old"
    folder.mkdir()
    shutil.copyfile(KEPT, folder / "results.sqlite")
    return folder


def raw() -> list[tuple[int, str, str, float | None]]:
    """Id, mode, ending by today's words and largest change of every fault."""
    with closing(sqlite3.connect(f"{KEPT.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        rows = db.execute(RAW).fetchall()
    golden = {frame: blob for _, _, frame, _, severity, _, blob in rows if severity == "NO_MALFUNCTION"}
    found = []
    for number, mode, frame, outcome, severity, nan, blob in rows:
        change = None
        if severity is not None and not nan:
            faulty, true = (np.frombuffer(b, "<f4").astype(float) for b in (blob, golden[frame]))
            change = float(np.abs(faulty - true).max())
        found.append((number, mode, "INVALID_OUTPUT" if nan else severity or outcome, change))
    return found


def test_the_kept_store_is_what_it_was() -> None:
    counted = Counter((mode, ending) for _, mode, ending, _ in raw())
    wanted = {
        "RF": {"MASKED": 29, "DUE": 5, "LIGHT_MALFUNCTION": 4, "NO_MALFUNCTION": 2},
        "IOA": {"MASKED": 1, "DUE": 34, "LIGHT_MALFUNCTION": 2, "NO_MALFUNCTION": 1, "INVALID_OUTPUT": 2},
        "IOV": {"MASKED": 9, "DUE": 13, "LIGHT_MALFUNCTION": 10, "NO_MALFUNCTION": 4, "INVALID_OUTPUT": 2},
    }
    wanted["IOV"]["MALFUNCTION"] = 2
    assert counted == {(mode, ending): n for mode, of in wanted.items() for ending, n in of.items()}
    assert sorted(change for _, _, ending, change in raw() if ending == "LIGHT_MALFUNCTION" and change)[
        -2:
    ] == [0.00014327839016914368, 0.05863380432128906]


def test_rows_are_shown_as_those_of_today(old: Path) -> None:
    rows = read_finished(old).injections
    shown = rows["severity"].where(rows["severity"].notna(), rows["outcome"])
    changes = [None if pd.isna(change) else change for change in rows["largest_change"]]
    assert list(zip(rows["id"], rows["mode"], shown, changes, strict=True)) == raw()


@pytest.mark.parametrize(("tolerance", "critical"), [(0.0, 22), (0.0001, 8), (0.01, 7), (1.0, 6)])
def test_critical_by_tolerance(old: Path, tolerance: float, critical: int) -> None:
    """By the sizes of the changes above: 16 Light ones, of which 2 and then 1 are that large."""
    assert Criticality(tolerance).rows(read_finished(old).injections).sum() == critical
    by_hand = [
        ending in ("MALFUNCTION", "INVALID_OUTPUT")
        or (ending == "LIGHT_MALFUNCTION" and change is not None and change >= tolerance)
        for _, _, ending, change in raw()
    ]
    assert sum(by_hand) == critical


def of_another_seed(folder: Path) -> Path:
    """The same rows, said to be of a campaign with another seed."""
    other = Path(shutil.copytree(folder, "other"))
    with closing(sqlite3.connect(other / "results.sqlite")) as db, db:
        for key in ("settings", "fingerprint"):
            (value,) = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            changed = json.dumps(json.loads(value) | {"seed": 15})
            db.execute("UPDATE meta SET value = ? WHERE key = ?", (changed, key))
    return other


def test_what_reads_it(sassafras: Type, old: Path) -> None:
    before = (old / "results.sqlite").read_bytes()
    tables = sassafras("tables", old)
    assert tables.exit_code == 0, tables.output
    line = next(x for x in tables.stdout.splitlines() if x.startswith("IOV"))
    assert line.split()[:3] == ["IOV", "40", "0"]
    page = sassafras("report", old)
    assert page.exit_code == 0, page.output
    assert "Invalid-Output" in (old / "report.html").read_text("utf-8")
    exported = sassafras("export", old, "--format", "csv")
    assert exported.exit_code == 0, exported.output
    written = pd.read_csv(old / "export" / "injections.csv")
    assert Counter(written["severity"].dropna())["INVALID_OUTPUT"] == 4
    other = of_another_seed(old)
    for words in (("status", old), ("compare", old, other, "--out", "beside")):
        found = sassafras(*words)
        assert found.exit_code == 0, found.output
    shares = json.loads(Path("beside/compare.json").read_text("utf-8"))["shares"]
    counts = {(s["mode"], s["event"]): s["n"] for s in shares if s["part"] == "mode" and s["campaign"] == "A"}
    assert counts["IOV", "INVALID_OUTPUT"] == 2
    assert counts["IOV", "MALFUNCTION"] == 2
    assert (old / "results.sqlite").read_bytes() == before
    assert not list(old.glob("*-wal"))


def test_an_older_study_of_hardening_is_left_out_and_that_is_said(sassafras: Type, old: Path) -> None:
    (old / "harden.json").write_text('{"schema": 1}')
    page = sassafras("report", old)
    assert page.exit_code == 0, page.output
    assert page.stderr.splitlines() == [
        f"note:    {old / 'harden.json'} is of another campaign or version, and is left out"
    ]
    assert 'id="hardening"' not in (old / "report.html").read_text("utf-8")


def test_check_says_what_invalid_outputs_left(sassafras: Type, old: Path) -> None:
    """2 of 120 are wrong classes, 6 with the invalid outputs: only the sum fails."""
    found = sassafras("check", old, "--fail-if", "malfunction.count > 3")
    assert found.exit_code == 0, found.output
    passed, note = found.stdout.splitlines()
    assert passed == "passed: fail if malfunction.count > 3: it is 2 of 120"
    assert note.startswith("note: ")
    assert note.endswith(
        'with them it is 6 of 120; to judge the sum: --fail-if "PAPER_MALFUNCTION.count > 3"'
    )
    assert sassafras("check", old, "--fail-if", "PAPER_MALFUNCTION.count > 3").exit_code == 1
    for quiet in ("MALFUNCTION.count > 6", "MALFUNCTION.count > 1", "INVALID_OUTPUT.count > 5"):
        assert "note" not in sassafras("check", old, "--fail-if", quiet).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("resume", "old"),
        ("harden", "old"),
        ("fit", "old"),
        ("explain", "old", "3"),
        ("merge", "new", "old"),
        ("run", "--injections", "40", "--frames", "2", "--seed", "14", "--out", "old"),
    ],
)
def test_what_would_run_in_it_refuses(sassafras: Type, old: Path, words: tuple[str, ...]) -> None:
    before = (old / "results.sqlite").read_bytes()
    found = sassafras(*words)
    assert found.exit_code == 2, found.output
    (line,) = found.stderr.splitlines()
    assert "has schema 1, this version of Sassafras writes schema 5" in line
    assert "read it, but nothing can be run in it or added to it" in line
    assert not Path("new").exists()
    assert (old / "results.sqlite").read_bytes() == before


def test_a_tolerance_changes_what_check_calls_critical(sassafras: Type, old: Path) -> None:
    found = sassafras("check", old, "--fail-if", "CRITICAL.count > 7", "--tolerance", "0.01")
    assert found.exit_code == 0, found.output
    passed, meaning = found.stdout.splitlines()
    assert passed == "passed: fail if CRITICAL.count > 7: it is 7 of 120"
    assert meaning == (
        "critical: a wrong class, an invalid output, or a change of at least 0.01 of an output value"
    )
    assert sassafras("check", old, "--fail-if", "CRITICAL.count > 7").exit_code == 1


SECOND = KEPT.with_name("schema_2.sqlite")
"""A kept store of schema 2 (AlexNet, 3 x 40 injections, seed 14), written by the last version that called
parts layers and inputs frames in its columns.
"""


@pytest.fixture
def second(tmp_path: Path) -> Path:
    folder = tmp_path / "here" / "second"
    folder.mkdir()
    shutil.copyfile(SECOND, folder / "results.sqlite")
    return folder


def raw_second(statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{SECOND.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return db.execute(statement).fetchall()


def test_rows_of_schema_2_are_shown_as_they_were_stored(second: Path) -> None:
    (names,) = zip(*raw_second("SELECT name FROM pragma_table_info('injections')"), strict=True)
    assert {"layer", "frame", "died_layer", "probabilities"} < set(names)
    rows = read_finished(second).injections
    assert set(names) <= set(rows.columns)
    found = rows[list(names)].astype(object).where(rows[list(names)].notna(), None)
    stored = raw_second("SELECT * FROM injections ORDER BY id")
    assert list(found.itertuples(index=False, name=None)) == stored
    assert rows.drop(columns=list(names)).isna().all(axis=None)  # what that schema did not have


def test_what_reads_schema_2(sassafras: Type, second: Path) -> None:
    before = (second / "results.sqlite").read_bytes()
    ((malfunctions,),) = raw_second("SELECT COUNT(*) FROM injections WHERE severity = 'MALFUNCTION'")
    assert malfunctions > 0
    other = of_another_seed(second)
    for words in (("tables", second), ("report", second), ("status", second), ("compare", second, other)):
        found = sassafras(*words)
        assert found.exit_code == 0, found.output
    held = sassafras("check", second, "--fail-if", f"MALFUNCTION.count > {malfunctions}")
    line = held.stdout.splitlines()[0]
    assert line == f"passed: fail if MALFUNCTION.count > {malfunctions}: it is {malfunctions} of 120"
    assert sassafras("check", second, "--fail-if", f"MALFUNCTION.count >= {malfunctions}").exit_code == 1
    for kind in ("csv", "json", "parquet"):
        done = sassafras("export", second, "--format", kind)
        assert done.exit_code == 0, done.output
    written = pd.read_csv(second / "export" / "injections.csv")
    columns = ["id", "frame", "layer", "died_layer"]
    stored = raw_second("SELECT id, frame, layer, died_layer FROM injections ORDER BY id")
    plain = written[columns].astype(object).where(written[columns].notna(), None)
    assert list(plain.itertuples(index=False, name=None)) == stored
    assert (second / "results.sqlite").read_bytes() == before
    assert not list(second.glob("*-wal"))


@pytest.mark.parametrize(
    "words",
    [
        ("resume", "second"),
        ("harden", "second"),
        ("fit", "second"),
        ("explain", "second", "3"),
        ("merge", "new", "second"),
        ("run", "--injections", "40", "--frames", "2", "--seed", "14", "--out", "second"),
    ],
)
def test_what_would_run_in_schema_2_refuses(sassafras: Type, second: Path, words: tuple[str, ...]) -> None:
    before = (second / "results.sqlite").read_bytes()
    found = sassafras(*words)
    assert found.exit_code == 2, found.output
    (line,) = found.stderr.splitlines()
    assert "has schema 2, this version of Sassafras writes schema 5, in which a row names part and" in line
    assert "read it, but nothing can be run in it or added to it" in line
    assert not Path("new").exists()
    assert (second / "results.sqlite").read_bytes() == before


THIRD = KEPT.with_name("schema_3.sqlite")
"""A kept store of schema 3 (as that of schema 2), written before rows said what race a fault makes."""


@pytest.fixture
def third(tmp_path: Path) -> Path:
    folder = tmp_path / "here" / "third"
    folder.mkdir()
    shutil.copyfile(THIRD, folder / "results.sqlite")
    return folder


def test_rows_of_schema_3_are_shown_with_nothing_said_of_races(sassafras: Type, third: Path) -> None:
    with closing(sqlite3.connect(f"{THIRD.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        stored = db.execute("SELECT id, outcome, severity, part FROM injections ORDER BY id").fetchall()
    rows = read_finished(third).injections
    found = rows[["id", "outcome", "severity", "layer"]].astype(object)
    assert list(found.where(found.notna(), None).itertuples(index=False, name=None)) == stored
    assert len(stored) == 120
    assert rows["race"].isna().all()
    shown = sassafras("tables", third)
    assert shown.exit_code == 0, shown.output
    refused = sassafras("resume", third)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "writes schema 5, in which a row says what race its fault makes" in refused.stderr


@pytest.mark.parametrize("tolerance", ["-0.1", "1.5", "nan"])
def test_a_tolerance_is_a_share(sassafras: Type, old: Path, tolerance: str) -> None:
    found = sassafras("tables", old, "--tolerance", tolerance)
    assert found.exit_code == 2
    (line,) = found.stderr.splitlines()
    assert line == f"error: --tolerance {float(tolerance):g}: a change of an output value is from 0 to 1"
