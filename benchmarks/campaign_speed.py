"""Injections per second: ours at instruction level, PyTorchFI and MRFI at tensor level, and PyTorch's
inference beside them.
 Run: ``pip install torch==2.13.0 && pip install --no-deps -r benchmarks/requirements.txt``, then ``python
benchmarks/campaign_speed.py``. All on the same AlexNet weights and frames, in one run, taking turns; medians
and ratios. Ours counts injection time with caches warm (profiles and compiled code); the tensor-level tools
count whole inferences with one fault each.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # else PyTorch's idle threads slow a neighbour down

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import tensor_level

from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import Image, image_from_frame
from sassafras.network.network import Network
from sassafras.workload.running import run_twins


def ours(name: str, injections: int, workers: int, _seconds: float) -> tuple[int, float]:
    """A fresh campaign in a process of its own (PyTorch's threads do not survive a fork); injections and
    injection time.
    """
    script = Path(__file__).with_name("one_campaign.py")
    command = [sys.executable, str(script), name, str(injections), str(workers)]
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


def contestants(
    network: Network, images: list[Image], injections: int
) -> dict[str, Callable[[float], tuple[int, float]]]:
    """Everything that is measured, by name."""
    pixels = np.stack([image.pixels for image in images])
    model = partial(tensor_level.torch_model, network)  # the tools leave hooks behind: a model each
    found: dict[str, Callable[[float], tuple[int, float]]] = {
        "ours, paper preset, 2 workers": partial(ours, "paper", injections, 2),
        "ours, paper preset, 1 worker": partial(ours, "paper", injections, 1),
        "ours, all kernels, 2 workers": partial(ours, "all", max(1, injections // 20), 2),
    }
    found["our golden inference, batch 1"] = partial(golden_inference, network, images)
    for batch in (1, 64):
        found[f"PyTorch inference, batch {batch}"] = tensor_level.inference(model(), pixels, batch)
    for batch in (1, 8, 32, 64):
        found[f"PyTorchFI 0.6, batch {batch}"] = tensor_level.pytorchfi(model(), pixels, batch)
        found[f"MRFI 2.1, batch {batch}"] = tensor_level.mrfi(model(), pixels, batch)
    return found


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="per tensor-level contestant and round")
    parser.add_argument("--injections", type=int, default=1000, help="per mode")
    arguments = parser.parse_args()
    network = load_alexnet()
    images = [image_from_frame(frame) for frame in render_frames(2021, 8)]
    running = contestants(network, images, arguments.injections)
    for name in [n for n in running if n.startswith("our")]:
        running[name](0.0)  # fills the caches
    rates: dict[str, list[float]] = {name: [] for name in running}
    for _ in range(arguments.rounds):
        for name, run in running.items():
            count, seconds = run(arguments.seconds)
            rates[name].append(count / seconds)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max(v for n, v in medians.items() if n.startswith(("PyTorchFI", "MRFI")))
    print(f"{'':32} {'per second':>10} {'min':>8} {'max':>8} {'x best tool':>12}")
    for name, values in rates.items():
        row = f"{name:32} {medians[name]:10.1f} {min(values):8.1f} {max(values):8.1f}"
        print(f"{row} {medians[name] / best:12.2f}")


if __name__ == "__main__":
    main()
