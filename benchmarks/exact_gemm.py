"""Speed of the exact gemm on the matrices of AlexNet, beside ``torch.mm`` where torch can be imported.

Run: ``python benchmarks/exact_gemm.py [--threads N] [--repeats N]``. Times are the best of the repeats, the
two taking turns.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from sassafras.kernels.exact_gemm import gemm

SHAPES = {
    # m, n, k, B stored transposed
    "conv1": (96, 3025, 363, False),
    "conv2": (256, 729, 2400, False),
    "conv3": (384, 169, 2304, False),
    "conv4": (384, 169, 3456, False),
    "conv5": (256, 169, 3456, False),
    "fc6": (1, 4096, 9216, True),
    "fc6 x 8": (8, 4096, 9216, True),
    "fc6 x 64": (64, 4096, 9216, True),
}


def seconds(call: Callable[[], object]) -> float:
    """Time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def find_torch(threads: int) -> Any:
    """Torch, limited to as many threads; None where it is not installed."""
    # Its worker would spin after each call and slow down whoever is timed next.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return None
    torch.set_num_threads(threads)
    return torch


def measure(name: str, threads: int, repeats: int, torch: Any) -> str:
    """One line of the table."""
    m, n, k, transposed = SHAPES[name]
    generator = np.random.Generator(np.random.Philox(1))
    a = generator.standard_normal((m, k), np.float32)
    b = generator.standard_normal((n, k) if transposed else (k, n), np.float32)
    c = np.zeros((m, n), np.float32)
    calls: list[Callable[[], object]] = [lambda: gemm(a, b, c, transpose_b=transposed, threads=threads)]
    if torch is not None:
        left, right = torch.from_numpy(a), torch.from_numpy(b)
        right = right.t() if transposed else right
        calls.append(lambda: torch.mm(left, right))
    best = [min(times) for times in zip(*([seconds(c) for c in calls] for _ in range(repeats)), strict=True)]
    line = f"{name:10} {best[0] * 1e3:8.2f} ms {2e-9 * m * n * k / best[0]:8.1f} GFLOP/s"
    line += f" {4e-9 * (m * k + n * k + 2 * m * n) / best[0]:7.1f} GB/s"
    return line + (f" {best[1] / best[0]:7.2f} of torch.mm" if torch is not None else "")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    torch = find_torch(options.threads)
    for name in SHAPES:
        print(measure(name, options.threads, options.repeats, torch), flush=True)


if __name__ == "__main__":
    main()
