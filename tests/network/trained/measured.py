"""What Sassafras and onnxruntime answer on the same pictures, and a campaign as a user runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.network.trained.trained import Trained

import sassafras
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.workload.running import run_twins

FAULTS = 100  #: per mode


@dataclass(frozen=True)
class Measured:
    """``known``: pictures whose class is; ``ours``, ``theirs``: right answers to those. ``same``: pictures
    with the same answer; ``worst``: the largest difference of a probability, over all.
    """

    name: str
    pictures: int
    known: int
    ours: int
    theirs: int
    same: int
    worst: float


def measure(trained: Trained) -> Measured:
    """Every picture, by both."""
    network = sassafras.load_onnx(trained.file, output=trained.output)
    images = sassafras.load_images(trained.folder, network.input_shape, fit="crop", normal=trained.normal)
    ours, theirs = _ours(network, images), _theirs(trained, images)
    answers = [found.argmax(axis=1) for found in (ours, theirs)]
    places = {image.name: index for index, image in enumerate(images)}
    right = [sum(int(of[places[name]]) in right for name, right in trained.right.items()) for of in answers]
    return Measured(
        trained.name,
        len(images),
        len(trained.right),
        ours=right[0],
        theirs=right[1],
        same=int((answers[0] == answers[1]).sum()),
        worst=float(np.abs(_probabilities(ours) - _probabilities(theirs)).max()),
    )


def _ours(network: Network, images: list[Image]) -> NDArray[np.float32]:
    memory, found = network.fresh_memory(), []
    for image in images:
        network.load(memory, image.pixels)
        run_twins(network, memory)
        found.append(network.result(memory).numbers.copy())
    return np.array(found)


def _theirs(trained: Trained, images: list[Image]) -> NDArray[np.float32]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(trained.file, options)
    found = []
    for image in images:
        picture = image.pixels.transpose(1, 2, 0) if trained.channels_last else image.pixels
        (values,) = session.run(
            trained.output and [trained.output], {session.get_inputs()[0].name: picture[None]}
        )
        found.append(np.asarray(values, np.float32).reshape(-1))
    return np.array(found)


def _probabilities(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """As they are where they are some; else their softmax."""
    found = scores.astype(np.float64)
    if found.min() >= 0 and np.allclose(found.sum(axis=1), 1, atol=1e-4):
        return found
    powers = np.exp(found - found.max(axis=1, keepdims=True))
    softmax: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return softmax


def campaign(trained: Trained, work: Path) -> Mapping[str, Any]:
    """``summary.json`` of a campaign on all kernels, by the command line, on the pictures to be struck."""
    pictures = work / "struck"
    pictures.mkdir()
    for name in trained.struck:
        shutil.copy(trained.folder / name, pictures)
    options = ["--network", str(trained.file), "--images", str(pictures), "--fit", "crop"]
    if trained.normal is not None:
        options += ["--mean", str(trained.normal.mean[0]), "--std", str(trained.normal.std[0])]
    if trained.output is not None:
        options += ["--output", trained.output]
    options += ["--kernels", "all", "--injections", str(FAULTS), "--workers", "1", "--out", str(work / "out")]
    command = [sys.executable, "-m", "sassafras", "run", "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    summary: Mapping[str, Any] = json.loads((work / "out" / "summary.json").read_text("utf-8"))
    return summary
