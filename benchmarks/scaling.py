"""How injection time falls with more workers: campaigns taking turns, each in a process of its own.

Run: ``python benchmarks/scaling.py [--rounds N] [--injections N] [--workers N]``. Paper preset, caches warm;
medians.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path


def injection_seconds(injections: int, workers: int) -> float:
    """Injection time of a fresh campaign."""
    script = Path(__file__).with_name("one_campaign.py")
    command = [sys.executable, str(script), "paper", str(injections), str(workers)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--injections", type=int, default=1000, help="per mode")
    parser.add_argument("--workers", type=int, default=2, help="beside one")
    options = parser.parse_args()
    contestants = (1, options.workers)
    seconds: dict[int, list[float]] = {workers: [] for workers in contestants}
    for _ in range(options.rounds):
        for workers in contestants:
            seconds[workers].append(injection_seconds(options.injections, workers))
    for workers, found in seconds.items():
        spread = f"{min(found):.2f} to {max(found):.2f}"
        print(f"workers {workers}: {statistics.median(found):.2f} s ({spread})")
    one, more = (statistics.median(seconds[workers]) for workers in contestants)
    print(f"{one / more:.2f} times as fast")


if __name__ == "__main__":
    main()
