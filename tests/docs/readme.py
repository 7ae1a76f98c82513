"""The README's commands and its Python block, with fewer injections and frames."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator

from tests.docs.transcripts import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
INDENTED = re.compile(r"^    (sassafras .*)$", re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FEW = {  #: what makes a command short; of two equal options the last counts
    "run": ("--injections", "6", "--frames", "1"),
    "plan": ("--probe", "3", "--frames", "1"),
    "profile": ("--frames", "1"),
    "harden": ("--injections", "6"),
}


def commands() -> Iterator[list[str]]:
    """Every command line of the README as words, in order, without ``sassafras`` and without comments."""
    for line in INDENTED.findall(README):
        for part in re.split(r"\s#", line)[0].split(" ; "):
            name, *words = shlex.split(part)
            assert name == "sassafras", part
            yield words


def short(words: list[str]) -> list[str]:
    """The same command on small numbers."""
    return [word.replace("IOV:417", "IOV:4") for word in words] + list(FEW.get(words[0], ()))


def python_block() -> str:
    """The README's program as written."""
    (program,) = PYTHON.findall(README)
    return str(program)


def short_program() -> str:
    """The same program on small numbers."""
    program, few = python_block(), 'preset("paper", injections=6, frames=1)'
    assert program.count('preset("paper")') == 1
    return program.replace('preset("paper")', few)


def here(words: list[str]) -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "sassafras", *words]
