"""The README's commands and Python lines run as written, in a fresh folder, in their order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
import typer
from tests.cli.small_files import write_files
from tests.docs.readme import commands, here, python_block, short, short_program
from tests.docs.transcripts import ROOT
from tests.network.onnx import made
from typer.testing import CliRunner

from sassafras.cli.main import app

COMMANDS = list(commands())
RESULTS = "1;k;0;2;0.5;0.5:0x8:LDG:3:0x1:1:15:Xid 43:value_before0x0:value_after0x1\n"


def run(line: list[str], folder: Path, codes: tuple[int, ...] = (0,)) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in codes, f"{line}: {done.returncode}\n{done.stderr}"
    return done.stdout


def typed(words: list[str], codes: tuple[int, ...] = (0,)) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code in codes, f"{words}: {done.exit_code}\n{done.output}"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_is_understood(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command, options and the types of their values exist; numbers that the tests add too."""
    monkeypatch.chdir(tmp_path)
    Path("runs/mine").mkdir(parents=True)
    Path("runs/mine/campaign.toml").write_text('preset = "paper"\n')  # which a run has written
    group = typer.main.get_command(app)
    for line in (words, short(words)):
        group.commands[line[0]].make_context(line[0], line[1:])  # type: ignore[attr-defined]


def test_no_two_runs_share_a_folder() -> None:
    """Campaigns that differ cannot go into one folder; without --out it is that of the preset."""
    runs = [words for words in COMMANDS if words[0] == "run"]
    folders = [words[words.index("--out") + 1] if "--out" in words else "runs/paper" for words in runs]
    assert len(runs) > 3
    assert len(set(folders)) == len(folders)


def test_the_program_is_python() -> None:
    compile(python_block(), "README.md", "exec")


def test_the_own_network_runs(tmp_path: Path) -> None:
    (words,) = [words for words in COMMANDS if "my.cfg" in words]
    bring(tmp_path)
    run(here(short(words)), tmp_path)
    assert (tmp_path / "runs" / "own" / "report.html").is_file()
    assert "network = sassafras.load_alexnet()  # or sassafras.load_darknet" in python_block()
    load = 'import sassafras; print(sassafras.load_darknet("my.cfg", "my.weights").input_shape)'
    assert run([sys.executable, "-c", load], tmp_path) == "(3, 9, 9)\n"


@pytest.mark.long
def test_everything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process, which imports and compiles once; the program in another."""
    bring(tmp_path)
    monkeypatch.chdir(tmp_path)
    for seed, folder in (("1", "runs/a"), ("2", "runs/b")):
        typed(short(["run", "--seed", seed, "--modes", "RF", "--kernels", "softmax", "--out", folder]))
    for words in COMMANDS:
        typed(short(words), (0, 1) if words[0] == "check" else (0,))
    assert "im2col_gpu" in run([sys.executable, "-c", short_program()], tmp_path)


def bring(folder: Path) -> None:
    """What the README takes for granted: networks, pictures, results of NVBitFI."""
    files = write_files(folder)
    files.cfg.rename(folder / "my.cfg")
    files.weights.rename(folder / "my.weights")
    files.images.rename(folder / "my_frames")
    onnx.save(made.small(), folder / "model.onnx")
    (folder / "results").mkdir()
    (folder / "results" / "results-modeinst_value-igid7.bfm0.10.txt").write_text(RESULTS)
