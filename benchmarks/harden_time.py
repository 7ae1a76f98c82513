"""How long ``sassafras harden`` takes on a campaign over every kernel (``--preset all``), by what it does:
with an empty cache, and again with what the first left there.

Run: ``python benchmarks/harden_time.py [--injections N] [--warm]``. The campaign (N faults per mode, 1000 by
default) is run first, with your own cache; the time of its processes on their processors is printed beside
the clock's, for others may be busy.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_PHASE = re.compile(r"^([a-z][a-z ,]*): (\d+ [a-z]+) done in (.*)$", re.MULTILINE)


def sassafras(*words: str, cache: Path | None = None) -> tuple[float, float, str]:
    """Run a command: seconds by the clock, seconds of its processes, what it said."""
    environment = os.environ if cache is None else {**os.environ, "SASSAFRAS_CACHE": str(cache)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "sassafras", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    passed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return passed, used, done.stderr


def measure(campaign: Path, cache: Path, how: str) -> None:
    """Harden a copy of a campaign, and print what that took."""
    with tempfile.TemporaryDirectory() as folder:
        own = shutil.copytree(campaign, Path(folder) / "campaign")
        passed, used, said = sassafras("--verbose", "harden", str(own), cache=cache)
    print(f"harden, {how} cache: {passed:.1f} s, {used:.1f} s of processors")
    for phase, amount, took in _PHASE.findall(said):
        print(f"  {phase:28} {amount:>14} {took:>14}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--injections", type=int, default=1000)
    parser.add_argument("--warm", action="store_true", help="once more, with the cache of the first")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        campaign, cache = Path(folder) / "campaign", Path(folder) / "cache"
        cache.mkdir()
        injections = ("--injections", str(arguments.injections))
        passed, used, _ = sassafras("run", "--preset", "all", *injections, "--out", str(campaign))
        print(f"campaign: {passed:.1f} s, {used:.1f} s of processors")
        measure(campaign, cache, "empty")
        if arguments.warm:
            measure(campaign, cache, "warm")


if __name__ == "__main__":
    main()
