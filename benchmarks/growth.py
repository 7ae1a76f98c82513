"""How the cost of a campaign grows: time per injection and memory, with more frames and more injections.

Run: ``python benchmarks/growth.py [--workers N] [--most N]``. Paper preset, caches warm. Memory is what a
worker has for itself (private pages, as the kernel counts them), beside the weights that all of them share.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import threading
import time
from pathlib import Path

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset

FRAMES = (1, 4, 16)
INJECTIONS = (1_000, 10_000, 100_000)  #: in all three modes together


class PrivateMemory(threading.Thread):
    """Watches the workers: the most private memory that one of them had, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Look every fifth of a second."""
        while not self.stopped.wait(0.2):
            for child in multiprocessing.active_children():
                self.most = max(self.most, private_bytes(child.pid))


def private_bytes(pid: int | None) -> int:
    """Private memory of a process (Linux), 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def measure(frames: int, injections: int, workers: int) -> tuple[float, float, int]:
    """Injection seconds, seconds in all, and the most private bytes of a worker."""
    settings = preset("paper").model_copy(update={"frames": frames, "injections": max(1, injections // 3)})
    watcher = PrivateMemory()
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(folder, settings)
        watcher.start()
        campaign.run(workers)
        watcher.stopped.set()
        return campaign.seconds["inject"], campaign.seconds["total"], watcher.most


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=int, default=INJECTIONS[-1], help="leave out larger campaigns")
    options = parser.parse_args()
    print("frames injections  us each per second   in all MB a worker")
    for frames in FRAMES:
        measure(frames, 30, options.workers)  # profiles into the cache
        for injections in (n for n in INJECTIONS if n <= options.most):
            start = time.perf_counter()
            seconds, _, private = measure(frames, injections, options.workers)
            total = time.perf_counter() - start
            row = f"{frames:6} {injections:10} {seconds / injections * 1e6:8.0f} {injections / seconds:10.0f}"
            print(f"{row} {total:6.1f} s {private / 1e6:11.0f}", flush=True)


if __name__ == "__main__":
    main()
