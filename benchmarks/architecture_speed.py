"""Injections per second on several architectures: campaigns of one preset taking turns, caches warm.

Run: ``python benchmarks/architecture_speed.py [--preset NAME] [--injections N] [--rounds N] [--workers N]
[--archs NAME ...]``. Counts injection time; a first round, which compiles and profiles, is left out. Each
campaign is a process of its own, as a user runs it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset


def campaign(name: str, injections: int, workers: int, arch: str) -> tuple[int, float]:
    """Injections and injection seconds of a fresh one."""
    settings = preset(name, injections=injections, arch=arch)
    with tempfile.TemporaryDirectory() as folder:
        made = Campaign(folder, settings)
        made.run(workers)
        found = len(made.injections()), made.seconds["inject"]
        made.store.close()
    return found


def rate(name: str, injections: int, workers: int, arch: str) -> float:
    """Injections per second of a campaign in a process of its own."""
    command = [sys.executable, __file__, "--one", "--preset", name, "--injections", str(injections)]
    command += ["--workers", str(workers), "--archs", arch]
    count, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count) / float(seconds)


def main() -> None:
    """Print medians, extremes and ratios to the first architecture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="paper")
    parser.add_argument("--injections", type=int, default=1000, help="per mode")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--archs", nargs="+", default=["sm_50", "sm_80"])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(*campaign(given.preset, given.injections, given.workers, given.archs[0]))
        return
    rates: dict[str, list[float]] = {arch: [] for arch in given.archs}
    for turn in range(given.rounds + 1):
        for arch, found in rates.items():
            one = rate(given.preset, given.injections, given.workers, arch)
            if turn > 0:
                found.append(one)
    base = statistics.median(rates[given.archs[0]])
    for arch, found in rates.items():
        median = statistics.median(found)
        print(f"{arch}: {median:.0f} per second ({min(found):.0f} to {max(found):.0f}), {median / base:.2f}")


if __name__ == "__main__":
    main()
