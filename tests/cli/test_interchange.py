"""Sites out, results in, as a user types it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.conftest import Files, Study, Type

from sassafras.analysis.coarse import coarse_outcomes
from sassafras.campaign.source import open_campaign
from sassafras.errors import CampaignError
from sassafras.interchange.formats import Tool
from sassafras.interchange.imported import IMPORTED, read_imported

SASSIFI_VALUE = """\
gemm-3-1234-0.506-0.560:c8:FFMA:773546:17:0.75:3::value_before,r3=3f800000:value_after,r3=3f820000
gemm-3-77-5.3e-05-0.1:d0:IADD:12:3:0.8:16::value_before,r7=10:value_after,r7=18
im2col_gpu-0-5-0.2-0.3:::-1:-1:20.1:4::
im2col_gpu-1-6-0.2-0.3:88:XMAD:5:9:0.9:12:[1.2] NVRM- Xid (PCI-0000)- 13:value_before,r1=0,r2=1:value_after,r1=0,r2=3
im2col_gpu-1-6-0.2-0.3:88:XMAD:5:9:0.9:18::
"""  # noqa: E501  (a line of a file)
SASSIFI_RF = """\
add_bias-0-9-4.5-0.3:40:LDG:7:9:0.9:1::
add_bias-0-10-2.2-0.3:::-1:-1:0.9:2::
gemm-0-10-2.2-0.3:40:LDG:7:9:0.9:17::value_before,r2=1:value_after,r2=3
"""
NVBITFI_VALUE = """\
1;voidgemm<float>(float*,int);0;9;0.5;0.3:0x40:FFMA:7:0x200:0.9:3::value_before0x1:value_after0x201
2;voidgemm<float>(float*,int);0;10;0.5;0.3:0x48:FFMA:7:0x200:0.9:17::value_before0x1:value_after0x201
3;add_bias;1;11;0.5;0.3:0x50:LDG:7:0x200:0.9:15:[3] NVRM- Xid 43; x:value_before0x1:value_after0x201
4;add_bias;1;12;0.5;0.3:0x50:NOP:-1:0x0:0.9:19::value_before0x0:value_after0x0
"""


@pytest.fixture
def sassifi_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sassifi"
    folder.mkdir()
    (folder / "results-modeinst_value-igid0.bfm0.10.txt").write_text(SASSIFI_VALUE)
    (folder / "results-moderf-igidrf.bfm1.10.txt").write_text(SASSIFI_RF)
    return folder


def counts(folder: Path, mode: str) -> dict[str, int]:
    found: dict[str, int] = json.loads((folder / "summary.json").read_text())["modes"][mode]["outcomes"]
    return found


def test_sassifis_results_give_its_numbers(sassafras: Type, sassifi_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "imported"
    done = sassafras("import", sassifi_folder, "--format", "sassifi", "--out", out)
    assert done.exit_code == 0, done.output
    assert counts(out, "IOV") == {"MASKED": 1, "DUE": 2, "SDC": 1}
    assert counts(out, "RF") == {"MASKED": 2, "DUE": 0, "SDC": 1}
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["imported"], summary["tool"], summary["repeated_sites"]) == (True, "sassifi", 1)
    value = summary["modes"]["IOV"]
    assert (value["injected"], value["errors"], value["potential_due"]) == (4, 1, 1)
    assert value["ckv"]["im2col_gpu"]["DUE"]["share"] == 0.5
    assert "Imported from SASSIFI" in done.output
    assert "no layers, no severities" in done.output
    with (out / "injections.csv").open() as file:
        first, *_, last = list(csv.DictReader(file))
    assert (first["kernel"], first["target_index"], first["before"]) == ("gemm", "3", "0x3f800000")
    assert (first["layer"], first["severity"], last["instruction_group"]) == ("", "", "")
    again = sassafras("tables", out)
    assert again.exit_code == 0
    assert again.output.splitlines()[:6] == done.output.splitlines()[:6]


def test_nvbitfis_results_give_its_numbers(sassafras: Type, tmp_path: Path) -> None:
    file, out = tmp_path / "results-modeinst_value-igid7.bfm0.1000.txt", tmp_path / "imported"
    file.write_text(NVBITFI_VALUE)
    done = sassafras("import", file, "--format", "nvbitfi", "--out", out)
    assert done.exit_code == 0, done.output
    assert counts(out, "IOV") == {"MASKED": 1, "DUE": 1, "SDC": 1}
    found = read_imported(out)
    assert found.injections["launch"].tolist() == [0, 0, 1, 1]
    assert found.injections["offset"].tolist() == [0x40, 0x48, 0x50, 0x50]
    assert found.injections["invocation"].isna().all()
    assert (found.tool, found.repeated) == (Tool.NVBITFI, 0)


def test_outcomes_of_a_fork(sassafras: Type, tmp_path: Path) -> None:
    file, out = tmp_path / "results-modeinst_value-igid0.bfm0.10.txt", tmp_path / "imported"
    file.write_text("".join(f"gemm-0-{n}-0.5-0.5:8:IADD:0:1:2:{n}::\n" for n in (3, 20, 20, 21)))
    command = ("import", file, "--format", "sassifi", "--out", out)
    refused = sassafras(*command, "--outcome", "20=SDC")
    assert refused.exit_code == 2
    assert "no outcome category 21" in refused.output
    assert not out.exists()
    done = sassafras(*command, "--outcome", "20=SDC", "--outcome", "21=DUE")
    assert done.exit_code == 0, done.output
    assert counts(out, "IOV") == {"MASKED": 1, "DUE": 1, "SDC": 2}
    assert read_imported(out).injections["category"].tolist() == [3, 20, 20, 21]


@pytest.fixture
def finished(study_of: Study, tmp_path: Path) -> Path:
    models = ("--models", "single-bit,double-bit")
    return study_of(tmp_path / "run", *models, "--injections", 12, "--workers", 1)


NUMBER_OF = {"MASKED": {Tool.SASSIFI: 3, Tool.NVBITFI: 3}, "DUE": {Tool.SASSIFI: 5, Tool.NVBITFI: 5},
             "SDC": {Tool.SASSIFI: 16, Tool.NVBITFI: 17}}  # fmt: skip


def play(tool: Tool, lists: Path, rows: pd.DataFrame, results: Path) -> None:
    """What the tool would write, had its GPU done to each fault what the emulator did."""
    results.mkdir()
    with (lists / "sites.csv").open() as file:
        which = {(row["file"], int(row["line"])): int(row["id"]) for row in csv.DictReader(file)}
    for path in lists.glob("frame-*/mode*.txt"):
        name = path.relative_to(lists).as_posix()
        # As many folders as frames; here one after another into one file, as both tools append.
        with (results / f"results-{path.name}").open("a") as file:
            for number, line in enumerate(path.read_text().splitlines(), 1):
                kernel, count, index, operand, bit = line.split()
                row = rows.loc[which[name, number]]
                category = NUMBER_OF[str(row["outcome"])][tool]
                dash = "-" if tool is Tool.SASSIFI else ";"
                site = dash.join([kernel, count, index, operand, bit])
                start = "" if tool is Tool.SASSIFI else f"{number};"
                file.write(f"{start}{site}:8:{row['opcode']}:0:1:0.5:{category}::\n")


@pytest.mark.parametrize("tool", Tool)
def test_there_and_back(tool: Tool, sassafras: Type, finished: Path, tmp_path: Path) -> None:
    """Sites out; their outcomes in: the tables of the same faults of ours."""
    lists, results, out = tmp_path / "lists", tmp_path / "results", tmp_path / "imported"
    done = sassafras("sites", finished, "--format", tool.value, "--out", lists, "--workers", 1)
    assert done.exit_code == 0, done.output
    rows = open_campaign(finished)[0].injections().set_index("id")
    play(tool, lists, rows, results)
    done = sassafras("import", results, "--format", tool.value, "--out", out, "--beside", finished)
    assert done.exit_code == 0, done.output
    assert "beside this emulator" in done.output
    with (lists / "sites.csv").open() as file:
        chosen = rows.loc[[int(row["id"]) for row in csv.DictReader(file)]]
    if tool is Tool.SASSIFI:
        assert len(chosen) == len(rows)  # it can say every single- and double-bit fault
    by = ["mode", "model", "kernel"]
    ours, theirs = coarse_outcomes(chosen, by), coarse_outcomes(read_imported(out).injections, by)
    pd.testing.assert_frame_equal(ours, theirs)


def test_sites_that_cannot_be_written(sassafras: Type, files: Files, finished: Path, tmp_path: Path) -> None:
    unknown = sassafras("sites", finished, "--format", "gpufi", "--out", tmp_path / "x")
    assert (unknown.exit_code, "known: sassifi, nvbitfi" in unknown.output) == (2, True)
    full = sassafras("sites", finished, "--format", "sassifi", "--out", finished)
    assert (full.exit_code, "not an empty folder" in full.output) == (2, True)
    folder = tmp_path / "rf"
    sassafras("run", *files.options, "--injections", 2, "--modes", "RF", "--workers", 1, "--out", folder)
    none = sassafras("sites", folder, "--format", "nvbitfi", "--out", tmp_path / "y", "--workers", 1)
    assert (none.exit_code, "NVBitFI has IOV faults only" in none.output) == (2, True)
    assert not (tmp_path / "y").exists()


def test_imports_that_cannot_be_made(sassafras: Type, sassifi_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "imported"
    bad = sassifi_folder / "results-moderf-igidrf.bfm0.10.txt"
    bad.write_text("gemm-0-10-2.2-0.3:40:LDG:7:9:0.9:3::\nno result\n")
    done = sassafras("import", sassifi_folder, "--format", "sassifi", "--out", out)
    assert done.exit_code == 2
    assert f"{bad.name}:2: not a line of SASSIFI's results: 'no result'" in done.output
    assert not out.exists()  # whole or not at all
    bad.unlink()
    assert sassafras("import", sassifi_folder, "--format", "sassifi", "--out", out).exit_code == 0
    twice = sassafras("import", sassifi_folder, "--format", "sassifi", "--out", out)
    assert (twice.exit_code, "not an empty folder" in twice.output) == (2, True)
    other = sassafras("import", sassifi_folder, "--format", "nvbitfi", "--out", tmp_path / "z")
    assert (other.exit_code, "not a line of NVBitFI's results" in other.output) == (2, True)


def test_an_import_is_not_taken_for_a_campaign(sassafras: Type, sassifi_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "imported"
    sassafras("import", sassifi_folder, "--format", "sassifi", "--out", out)
    for command in ("fit", "harden"):
        done = sassafras(command, out)
        assert (done.exit_code, "holds no campaign" in done.output) == (2, True)


def test_tables_of_a_campaign(sassafras: Type, finished: Path, tmp_path: Path) -> None:
    done = sassafras("tables", finished)
    assert done.exit_code == 0, done.output
    assert "Kernel vulnerability (CKV), mode RF" in done.output
    assert sassafras("tables", tmp_path / "nothing").exit_code == 2


def test_imports_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="holds no import"):
        read_imported(tmp_path)
    (tmp_path / IMPORTED).write_bytes(b"no database at all, but long enough to be looked at" * 10)
    with pytest.raises(CampaignError, match="cannot be read as an import"):
        read_imported(tmp_path)


def test_a_newer_import_is_refused(sassafras: Type, sassifi_folder: Path, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    out = tmp_path / "imported"
    sassafras("import", sassifi_folder, "--format", "sassifi", "--out", out)
    with closing(sqlite3.connect(out / IMPORTED)) as db, db:
        db.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
    with pytest.raises(CampaignError, match="has schema 2"):
        read_imported(out)
