"""The recipe "a fault model", followed: one file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.adding.tree import Tree, copied
from tests.cli.small_files import write_files

LOW_BYTE = """
name = "low-byte"
says = "eight neighbours flip"
source = "this test"
conditions = "none"
sure = "a definition"
[law]
kind = "adjacent-bits"
count = 8
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """With a model that flips eight bits next to each other."""
    made = copied(tmp_path_factory.mktemp("tree"))
    made.make("faults/models/data/low-byte.toml", LOW_BYTE)
    return made


def test_it_takes_one_file(tree: Tree) -> None:
    assert tree.touched == {"faults/models/data/low-byte.toml"}


@pytest.mark.long
def test_it_works_everywhere(tree: Tree, tmp_path: Path) -> None:
    told = "".join(tree.run("run", "--help", folder=tmp_path).split())  # the help breaks lines anywhere
    assert ",low-byte," in told
    small = write_files(tmp_path).options
    run = ("run", "--models", "low-byte,zero-value", "--injections", "40", "--workers", "1", "--out", "mine")
    assert "low-byte" in tree.run(*run, *small, folder=tmp_path)
    everything = pd.read_csv(tmp_path / "mine" / "injections.csv")
    assert everything.groupby("model").size().to_dict() == {"low-byte": 60, "zero-value": 60}
    rows = everything[everything["model"] == "low-byte"].dropna(subset="before")
    struck = rows[rows["target"].isin(["REGISTER", "STORE_VALUE"])]
    assert len(struck) > 10
    for before, after in zip(struck["before"], struck["after"], strict=True):
        flips = int(before, 16) ^ int(after, 16)
        assert flips // (flips & -flips) == 0xFF
    assert "low-byte" in tree.run("explain", "mine", "IOV:0", folder=tmp_path)
    for tool in ("SASSIFI", "NVBitFI"):  # neither has it: said, and not taken for another
        told = tree.run("sites", "mine", "--format", tool.lower(), "--out", tool, folder=tmp_path)
        assert f"60 left out: {tool} has no fault model low-byte" in told
