"""From the command to the first stored injection: caches warm, and cold.

Run: ``python benchmarks/start_time.py [--rounds N] [--arch NAME]``. The command is ``sassafras run`` with the
paper preset; the store is watched from outside.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sassafras.architectures.registry import DEFAULT


def stored(path: Path) -> int:
    """Rows in a campaign's store."""
    if not path.exists():
        return 0
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as store:
        return int(store.execute("SELECT COUNT(*) FROM injections").fetchone()[0])
    return 0


def seconds_to_first_row(cache: Path, arch: str) -> float:
    """Start a campaign, wait for its first row, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "campaign"
        command = [sys.executable, "-m", "sassafras", "run", "--injections", "64", "--out", str(out)]
        command += ["--arch", arch]
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            env={**os.environ, "SASSAFRAS_CACHE": str(cache)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not stored(out / "results.sqlite") and process.poll() is None:
            time.sleep(0.005)
        passed = time.perf_counter() - start
        process.terminate()
        process.wait()
        return passed


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--arch", default=DEFAULT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        cold, *warm = (seconds_to_first_row(Path(cache), given.arch) for _ in range(given.rounds + 1))
    median = statistics.median(warm)
    print(f"start to first injection: cold {cold:.1f} s, warm {median:.2f} s (median of {given.rounds})")


if __name__ == "__main__":
    main()
