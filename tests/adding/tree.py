"""A copy of the package in which a recipe of CONTRIBUTING.md is followed, and what it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Tree:
    """``source``: the copy of ``src``. ``touched``: files made or changed since, from the package."""

    source: Path
    touched: set[str] = field(default_factory=set)

    def make(self, name: str, text: str) -> None:
        """A new file. ``name``: from the package."""
        file = self.source / "sassafras" / name
        assert not file.exists()
        file.write_text(text, encoding="utf-8")
        self.touched.add(name)

    def take(self, name: str, file: Path) -> None:
        """A new file that stands in the tests."""
        self.make(name, file.read_text(encoding="utf-8"))

    def bundle(self, listings: Path) -> None:
        """What `make bundle` makes of a kernel's sources, kept in the tests: no file that anybody writes."""
        target = self.source / "sassafras" / "kernels" / "listings"
        shutil.copytree(listings, target, dirs_exist_ok=True)

    def behind(self, name: str, line: str, new: str) -> None:
        """Put lines behind the only one that begins with ``line``, indentation included."""
        file = self.source / "sassafras" / name
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (place,) = [number for number, text in enumerate(lines) if text.startswith(line)]
        file.write_text("".join([*lines[: place + 1], new, *lines[place + 1 :]]), encoding="utf-8")
        self.touched.add(name)

    def append(self, name: str, text: str) -> None:
        """Put text at the end of a file."""
        with (self.source / "sassafras" / name).open("a", encoding="utf-8") as file:
            file.write(text)
        self.touched.add(name)

    def replace(self, name: str, old: str, new: str) -> None:
        """Put other text in the place of text that is there once."""
        file = self.source / "sassafras" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
        self.touched.add(name)

    def run(self, *words: str | Path, folder: Path) -> str:
        """What the copy's ``sassafras`` prints. It must succeed."""
        return self.module("sassafras", *words, folder=folder)

    def module(self, name: str, *words: str | Path, folder: Path) -> str:
        """What ``python -m name`` prints that knows the copy, and these tests. It must succeed."""
        return self._succeed([sys.executable, "-m", name, *words], folder)

    def python(self, code: str, folder: Path) -> str:
        """What a program prints that knows the copy, and these tests. It must succeed."""
        return self._succeed([sys.executable, "-c", code], folder)

    def _succeed(self, words: Sequence[str | Path], folder: Path) -> str:
        done = subprocess.run(
            words,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((str(self.source), str(ROOT)))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout


def copied(folder: Path) -> Tree:
    """The package as it is, in ``folder``, with what Python has compiled of it, not what it is writing."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.egg-info", "*.pyc.*"))
    return Tree(folder / "src")
