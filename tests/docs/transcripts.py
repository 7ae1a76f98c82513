"""Documents whose commands are run: what they show is compared with what comes out.

In a fence marked ``console``, a line ``$ COMMAND`` is run and the lines below it are its output (stdout and,
for errors, stderr); ``$ echo $?`` shows the exit code of the command before it, which else must be 0. A fence
marked ``python`` is run as a program; a ``text`` fence behind it is its output. ``...`` stands for anything.
What stands behind ``<!-- slow -->`` is run only if asked for.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```(?P<kind>console|python|text)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SLOW = "<!-- slow -->"
STATUS = "echo $?"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Step:
    """A command or program, and the output shown for it (None: none is shown)."""

    command: tuple[str, ...]
    shown: str | None
    code: int


def steps(text: str, *, slow: bool) -> Iterator[Step]:
    """What a document has to run."""
    quick, _, rest = text.partition(SLOW)
    fences = [(m["kind"], m["body"]) for m in FENCE.finditer(quick + rest if slow else quick)]
    for number, (kind, body) in enumerate(fences):
        if kind == "python":
            after = fences[number + 1] if number + 1 < len(fences) else ("", "")
            shown = after[1] if after[0] == "text" else None
            yield Step((sys.executable, "-c", body), shown, 0)
        elif kind == "console":
            yield from _commands(body)


def _commands(body: str) -> Iterator[Step]:
    parts = [part.partition("\n") for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]]
    for number, (command, _, output) in enumerate(parts):
        if command == STATUS:
            continue
        after = parts[number + 1] if number + 1 < len(parts) else ("", "", "0")
        code = int(after[2]) if after[0] == STATUS else 0
        name, *words = shlex.split(command)
        assert name == "sassafras", f"only sassafras is run, not {name}"
        yield Step((sys.executable, "-m", "sassafras", *words), output, code)


def run(step: Step, folder: Path) -> None:
    """Run a step in a folder. AssertionError where its exit code or its output is another one."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        step.command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    title = " ".join(step.command[2:])
    assert done.returncode == step.code, f"{title}: exit code {done.returncode}\n{done.stderr}"
    got = done.stderr if step.code not in (0, 1) else done.stdout
    if step.shown is not None:
        assert doctest.OutputChecker().check_output(step.shown, got, FLAGS), (
            f"{title}: the document shows\n{step.shown}\nbut it prints\n{got}"
        )
