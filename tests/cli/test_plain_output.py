"""Terminals and pipes that take ASCII only: every command answers in words and lines that they can show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
UNSPELT = re.compile(rb"[^\x00-\x7f]|\\x|\\u|\?|Traceback")


def said(*words: object, **environment: str) -> bytes:
    """What a command says; it must not fail."""
    known = {k: v for k, v in os.environ.items() if k not in ("PYTHONIOENCODING", "PYTHONUTF8", "LC_ALL")}
    done = subprocess.run(
        [sys.executable, "-m", "sassafras", *map(str, words)],
        env=known | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"} | environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout + done.stderr


PIPE, LOCALE = {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}


@pytest.mark.slow
def test_every_command(files: Any) -> None:
    run = ["run", *files.options, "--modes", "RF,IOV", "--injections", "40", "--workers", "1"]
    lines = [
        [*run, "--out", "one"],
        [*run, "--out", "other", "--seed", "1"],
        ["status", "one"],
        ["tables", "one"],
        ["report", "one", "--figures", "figures"],
        ["compare", "one", "other"],
        ["check", "one", "--fail-if", "SDC>95%"],
        ["explain", "one", "3"],
        ["fit", "one"],
        ["harden", "one", "--plan", "dmr", "--injections", "20", "--workers", "1"],
        ["kernels"],
        ["plan", "--help"],
    ]
    for words in lines:
        is_plain(*words, **PIPE)


def is_plain(*words: object, **place: str) -> None:
    found = said(*words, **place)
    assert found.strip()
    assert not UNSPELT.search(found), found.decode(errors="replace")


def test_a_run_and_its_tables(files: Any) -> None:
    run = ["run", *files.options, "--modes", "RF", "--injections", "40", "--workers", "1", "--out", "one"]
    is_plain(*run, **PIPE)
    is_plain("tables", "one", **LOCALE)
    is_plain("plan", "--help", **PIPE)


def test_what_a_terminal_can_show_stays(files: Any) -> None:
    run = ["run", *files.options, "--modes", "RF", "--injections", "40", "--workers", "1", "--out", "one"]
    told = said(*run, PYTHONIOENCODING="utf-8").decode()
    assert "–" in told
    assert "─" in told
    assert "±0.5 %" in said("plan", "--help", PYTHONIOENCODING="utf-8").decode()
