"""A cache that cannot be written: one line, and everything works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.campaign.stores import content

ROOT = Path(__file__).parents[2]
QUICK = ["--kernels", "fill_gpu", "--modes", "RF,IOV", "--injections", "12", "--workers", "2"]


@pytest.mark.long  # it compiles everything, in each worker
def test_a_run_without_a_cache(files: Any, sassafras: Any) -> None:
    """Two workers, and a file where the cache should be."""
    Path("cache").write_bytes(b"a file in the way")
    done = subprocess.run(
        [sys.executable, "-m", "sassafras", "run", *files.options, *QUICK, "--out", "without"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "SASSAFRAS_CACHE": "cache/inside"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be written") == 1
    (line,) = [line for line in done.stderr.splitlines() if "cache" in line]
    assert line.startswith("the cache cache/inside cannot be written (")
    assert "Traceback" not in done.stderr
    assert sassafras("run", *files.options, *QUICK, "--out", "with").exit_code == 0
    assert content(Path("without")) == content(Path("with"))
