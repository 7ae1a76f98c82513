"""Darknet's own cfg files, as Debian's package ``darknet`` has them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def fetched_cfgs(folder: Path) -> Path:
    """Downloads and unpacks the package into a folder; where its cfg files then are."""
    fetch, unpack = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if fetch is None or unpack is None:
        pytest.skip("no apt-get here: the files come in Debian's package darknet")
    subprocess.run([fetch, "download", "darknet"], cwd=folder, check=True)
    (package,) = folder.glob("darknet_*.deb")
    subprocess.run([unpack, "-x", package, folder / "files"], check=True)
    return folder / "files" / "usr" / "share" / "darknet" / "cfg"
