"""A store that was cut, is empty or is none, in every command that reads: a line with a way that works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.stores import filled
from typer.testing import Result

Type = Callable[..., Result]

WORDS = [
    ["status", "study"],
    ["resume", "study"],
    ["tables", "study"],
    ["report", "study"],
    ["export", "study"],
    ["compare", "study", "other"],
    ["check", "study", "--fail-if", "SDC>1%"],
    ["explain", "study", "3"],
    ["fit", "study"],
    ["harden", "study"],
    ["plan", "study"],
    ["sites", "study", "--format", "sassifi", "--out", "lists"],
    ["merge", "all", "study"],
]


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[0])
def test_every_command(sassafras: Type, files: Any, words: list[str]) -> None:
    store = filled(Path("study"), range(300)) / "results.sqlite"
    filled(Path("other"), range(300))
    whole = store.read_bytes()
    for length in (0, 50, 5000, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        store.write_bytes(whole[:length])
        check(sassafras(*words), store)
    store.write_bytes(b"something else altogether" * 999)
    check(sassafras(*words), store)
    assert not Path("all").exists()


def check(result: Result, store: Path) -> None:
    """One line, and a way out that is one."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"error: {store}"), line
    assert ("merge --salvage" in line) == (
        store.stat().st_size > 6000 and store.read_bytes()[:6] == b"SQLite"
    )
    assert "again" in line or "salvage" in line


def test_the_command_that_made_it(sassafras: Type, files: Any) -> None:
    run = ["run", *files.options, "--kernels", "fill_gpu", "--modes", "RF", "--injections", "40"]
    assert sassafras(*run, "--workers", "1", "--out", "study").exit_code == 0
    store = Path("study/results.sqlite")
    whole = store.read_bytes()
    store.write_bytes(whole[:-1])
    check(sassafras(*run, "--workers", "1", "--out", "study"), store)
    assert sassafras("merge", "--salvage", "new", "study").exit_code == 0
    assert sassafras("resume", "new", "--workers", "1").exit_code == 0
    assert "new: complete, 40 of 40" in sassafras("status", "new").stdout
