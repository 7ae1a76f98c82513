"""Processor time and memory of campaigns with VGG-16, ResNet-50 and DenseNet-201 of full size, as Darknet and
as ONNX files with random weights: the table of docs/large-networks.md.
 Run: ``python -m benchmarks.large_networks FOLDER`` (1.5 GB of files; an hour). Each file is run twice by the
command line, on one picture that is new, so that nothing is known of it: 3 x 100 injections into all kernels;
then 3 x 1 into the same, whose profiles are known. Processor seconds: of one worker; on an idle machine they
are the time that passes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tests.network.large.cfgs import CFGS
from tests.network.large.files import PUBLISHED, write_cfg, write_model
from tests.network.large.size import Size

TOLD = re.compile(r"^([0-9]+) injections, ([0-9]+) errors", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A command that ended well: its processor seconds and most memory (GiB), injections and errors."""

    seconds: float
    memory: float
    injections: int
    errors: int


def run(arguments: Sequence[str], out: Path) -> Run:
    """Runs ``sassafras run``; what it prints is kept beside ``out``."""
    command = [sys.executable, "-m", "sassafras", "run", *arguments, "--workers", "1", "--out", str(out)]
    printed = out.with_suffix(".txt")
    with printed.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    text = printed.read_text("utf-8")
    found = TOLD.search(text)
    if status or found is None:
        sys.exit(text)
    seconds, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20
    return Run(seconds, memory, int(found[1]), int(found[2]))


def files(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """What each file is called, and the options that name it; made where it is not there yet."""
    for name in CFGS:
        cfg, weights, model = (folder / f"{name}.{end}" for end in ("cfg", "weights", "onnx"))
        if not weights.exists():
            write_cfg(folder, name, PUBLISHED[name])
        if not model.exists():
            write_model(folder, name, Size())
        yield cfg.name, ["--network", str(cfg), "--weights", str(weights)]
        yield model.name, ["--network", str(model)]


def main() -> None:
    """Measure and print the table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    work = folder / f"runs-{time.time_ns()}"
    pictures = work / "pictures"
    pictures.mkdir(parents=True)
    pixels = np.random.default_rng().integers(0, 256, (12, 12, 3), np.uint8)
    Image.fromarray(pixels).resize((256, 256)).save(pictures / "picture.png")
    more = ["--kernels", "all", "--images", str(pictures), "--frames", "1"]
    print("| file | 300 injections, first time: s | errors | 3 injections, again: s | most memory: GiB |")
    print("|---|---|---|---|---|")
    for name, network in files(folder):
        first, again = (
            run([*network, *more, "--injections", str(count)], work / f"{name}-{count}") for count in (100, 1)
        )
        memory = max(first.memory, again.memory)
        print(f"| {name} | {first.seconds:.0f} | {first.errors} | {again.seconds:.0f} | {memory:.1f} |")


if __name__ == "__main__":
    main()
