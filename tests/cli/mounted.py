"""Campaigns on file systems of their own, in a mount namespace: ``unshare --mount --map-root-user python -m
tests.cli.mounted full|read-only MOUNTPOINT OUT WORD...``, run by tests. Prints what they said, as JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

SMALL, LARGE = "size=400k", "size=64m"


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)  # noqa: S607  (the system's)


def say(name: str, *words: str) -> tuple[str, int, str, str]:
    """One command: its name here, exit code, stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.small_batches", *words], capture_output=True, text=True, check=False
    )
    return name, done.returncode, done.stdout, done.stderr


def full(point: Path, out: Path, run: list[str]) -> list[tuple[str, int, str, str]]:
    """A disk that fills up, is looked at, gets room, and sees the campaign through."""
    mount("-t", "tmpfs", "-o", SMALL, "tmpfs", str(point))
    folder = str(point / "run")
    said = [say("run", "run", *run, "--out", folder), say("again", "resume", folder, "--workers", "1")]
    said += [say("status", "status", folder), say("export", "export", folder, "--out", str(out / "full.csv"))]
    mount("-o", f"remount,{LARGE}", str(point))
    said.append(say("resume", "resume", folder, "--workers", "2"))
    shutil.copytree(folder, out / "finished")
    return said


def read_only(point: Path, out: Path, run: list[str]) -> list[tuple[str, int, str, str]]:
    """A campaign on a disk that may not be written."""
    mount("--bind", str(out), str(point))
    mount("-o", "remount,ro,bind", str(point))
    folder = str(point / "run")
    return [
        say("status", "status", folder),
        say("run", "run", *run, "--out", folder),
        say("resume", "resume", folder, "--workers", "1"),
        say("new", "run", *run, "--out", str(point / "new")),
        say("export", "export", folder),
        say("elsewhere", "export", folder, "--out", str(out / "rows.csv")),
    ]


if __name__ == "__main__":
    do = {"full": full, "read-only": read_only}[sys.argv[1]]
    print(json.dumps(do(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])))  # noqa: T201  (for the test)
