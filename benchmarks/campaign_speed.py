"""Injections per second: ours at instruction level, PyTorchFI and MRFI at tensor level, and PyTorch's
inference beside them.

Run: ``pip install torch==2.13.0 && pip install --no-deps -r benchmarks/requirements.txt``, then ``python
benchmarks/campaign_speed.py``, or with ``--network resnet50`` or ``vgg16`` (torchvision's, with random
weights; this also needs Sassafras's extra onnx). All on the same weights and pictures, in one run, taking
turns; medians and ratios. Ours counts injection time with caches warm (profiles and compiled code); the
tensor-level tools count whole inferences with one fault each.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # else PyTorch's idle threads slow a neighbour down

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import tensor_level
from subjects import SUBJECTS, Subject
from tensor_level import Contestant

from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.workload.running import run_twins


def ours(arguments: list[str], _seconds: float) -> tuple[int, float]:
    """A fresh campaign in a process of its own (PyTorch's threads do not survive a fork); injections and
    injection time.
    """
    script = Path(__file__).with_name("one_campaign.py")
    command = [sys.executable, str(script), *arguments]
    count, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), float(seconds)


def golden_inference(network: Network, images: list[Image], seconds: float) -> tuple[int, float]:
    """Our own inference by twins, a frame at a time, on as many threads as PyTorch uses."""
    memory, count, began = network.fresh_memory(shared=True), 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        network.load(memory, images[count % len(images)].pixels)
        run_twins(network, memory, threads=os.cpu_count() or 1)
        count += 1
    return count, time.perf_counter() - began


def contestants(subject: Subject, injections: int) -> dict[str, Contestant]:
    """Everything that is measured, by name."""
    pixels = np.stack([image.pixels for image in subject.images])
    found: dict[str, Contestant] = {}
    for called, (preset, share) in subject.campaigns.items():
        for workers in (2, 1):
            model = [str(subject.file)] if subject.file else []
            arguments = [preset, str(max(1, round(injections * share))), str(workers), *model]
            found[f"ours, {called}, {workers} worker{'s' * (workers > 1)}"] = partial(ours, arguments)
    found["our golden inference, batch 1"] = partial(golden_inference, subject.network, subject.images)
    for batch in (1, subject.batches[-1]):
        found[f"PyTorch inference, batch {batch}"] = tensor_level.inference(subject.model(), pixels, batch)
    for batch in subject.batches:  # the tools leave hooks behind: a model each
        found[f"PyTorchFI 0.6, batch {batch}"] = tensor_level.pytorchfi(subject.model(), pixels, batch)
        found[f"MRFI 2.1, batch {batch}"] = tensor_level.mrfi(subject.model(), pixels, batch)
    return found


def measured(running: dict[str, Contestant], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Things per second, of each in each round; caches are filled first, by campaigns of one worker."""
    for name, run in running.items():
        if name.startswith("our") and not name.endswith("workers"):
            run(0.0)
    rates: dict[str, list[float]] = {name: [] for name in running}
    for turn in range(1, rounds + 1):
        for name, run in running.items():
            count, spent = run(seconds)
            rates[name].append(count / spent)
            print(f"round {turn} of {rounds}: {name}: {rates[name][-1]:.2f}/s", file=sys.stderr, flush=True)
    return rates


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=SUBJECTS, default="alexnet")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="per tensor-level contestant and round")
    parser.add_argument("--injections", type=int, default=1000, help="per mode")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        running = contestants(SUBJECTS[arguments.network](Path(folder)), arguments.injections)
        rates = measured(running, arguments.rounds, arguments.seconds)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max(v for n, v in medians.items() if n.startswith(("PyTorchFI", "MRFI")))
    print(f"{'':32} {'per second':>10} {'min':>8} {'max':>8} {'x best tool':>12}")
    for name, values in rates.items():
        row = f"{name:32} {medians[name]:10.2f} {min(values):8.2f} {max(values):8.2f}"
        print(f"{row} {medians[name] / best:12.2f}")


if __name__ == "__main__":
    main()
