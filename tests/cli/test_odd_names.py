"""Folders with names that a shell or a text file minds: everything is written, and what a command tells
people to type can be typed.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("name", ODD)
def test_a_campaign_in_such_a_folder(sassafras: Type, name: str) -> None:
    """Page, tables and figures are there, and the hint repeats what was meant."""
    done = sassafras("run", *SMALL, "--out", f"./{name}")
    assert done.exit_code == 0, done.output
    assert {"report.html", "summary.json", "outcomes.csv"} <= {path.name for path in Path(name).iterdir()}
    _, hint = done.stdout.split("more:    ")
    words = shlex.split(hint.split("\nnot struck")[0])
    assert words[:2] == ["sassafras", "tables"]
    assert Path(words[2]).samefile(name)
    assert sassafras(*words[1:]).exit_code == 0


def test_a_place_without_a_campaign(sassafras: Type) -> None:
    refused = sassafras("status", "no such & folder")
    assert refused.exit_code == 2
    assert "make one with: sassafras run --out 'no such & folder'" in refused.stderr
