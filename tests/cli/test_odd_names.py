"""Folders with names that a shell or a text file minds: everything is written, and what a command tells
people to type can be typed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.small_files import write_files
from typer.testing import Result

from sassafras.errors import typed

Type = Callable[..., Result]

ODD = ["two words", 'x "y" & <z>%\'', "-dash", "ünï/日本", "line\nbreak", "$HOME;*", os.fsdecode(b"caf\xe9")]
SMALL = ("--kernels", "fill_gpu,add_bias", "--modes", "IOV", "--injections", "4", "--workers", "1")


@pytest.mark.parametrize("name", ODD)
def test_a_command_for_a_folder_is_split_into_its_words_again(name: str) -> None:
    words = shlex.split(typed("resume", Path(name)))
    assert words[:2] == ["sassafras", "resume"]
    assert Path(words[2]) == Path(name)
    assert not words[2].startswith("-")


def test_ordinary_words_stay_as_they_are() -> None:
    assert typed("run", "--out", Path("runs/mine")) == "sassafras run --out runs/mine"


@pytest.mark.parametrize("name", ODD[:-1])
def test_a_campaign_in_such_a_folder(sassafras: Type, name: str) -> None:
    """Page, tables and figures are there, and the hint repeats what was meant."""
    done = sassafras("run", *write_files(Path()).options, *SMALL, "--out", f"./{name}")
    assert done.exit_code == 0, done.output
    assert {"report.html", "summary.json", "outcomes.csv"} <= {path.name for path in Path(name).iterdir()}
    _, hint = done.stdout.split("more:    ")
    words = shlex.split(hint.split("\nnot struck")[0])
    assert words[:2] == ["sassafras", "tables"]
    assert Path(words[2]).samefile(name)
    assert sassafras(*words[1:]).exit_code == 0


def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    """As a process of its own: nobody can type the name."""
    small = [*write_files(tmp_path).options, *SMALL]
    command = [sys.executable, "-m", "sassafras", "run", *small, "--out", ODD[-1]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ODD[-1] / "report.html").is_file()


def test_a_place_without_a_campaign(sassafras: Type) -> None:
    refused = sassafras("status", "no such & folder")
    assert refused.exit_code == 2
    assert "make one with: sassafras run --out 'no such & folder'" in refused.stderr


def test_a_network_whose_name_is_no_text(sassafras: Type) -> None:
    """Figures and page show it escaped."""
    files = write_files(Path())
    odd = files.cfg.rename(os.fsdecode(b"caf\xe9.cfg"))
    given = ("--network", str(odd), "--weights", str(files.weights), "--images", str(files.images))
    done = sassafras("run", *given, *SMALL, "--out", "study")
    assert done.exit_code == 0, done.output
    assert r"caf\udce9 on sm_50" in Path("study/report.html").read_text("utf-8")
