"""Trains the shipped LeNet-5 on Fashion-MNIST and writes its weights and its pictures.

Run from the repository root: python training/train_lenet.py FOLDER (of the data set's four .gz files).
The defaults are the values the shipped file was trained with; see training/README.md.
"""

from __future__ import annotations

import argparse
import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fashion import Pictures, read_part
from lenet import Adam, LeNet, Parameters, new_parameters
from numpy.typing import NDArray
from safetensors.numpy import save_file

_log = logging.getLogger(__name__)

_DATA = Path(__file__).resolve().parents[1] / "src/sassafras/data"
WEIGHTS, PICTURES = "lenet_fashion.safetensors", "fashion_pictures.safetensors"
PER_CLASS = 10  #: of the test pictures that are bundled: the first of each class


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result."""

    folder: Path
    out: Path
    seed: int
    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float


def parse() -> Recipe:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the data set's four .gz files")
    parser.add_argument("--out", type=Path, default=_DATA, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1, help="of start weights, order and mirrored pictures")
    parser.add_argument("--epochs", type=int, default=12, help="passes over the 60,000 training pictures")
    parser.add_argument("--batch", type=int, default=128, help="pictures per step")
    parser.add_argument("--learning-rate", type=float, default=2e-3, help="of Adam; falls as half a cosine")
    parser.add_argument("--weight-decay", type=float, default=1e-2, help="of Adam")
    return Recipe(**vars(parser.parse_args()))


def train(recipe: Recipe, pictures: Pictures) -> Parameters:
    """The parameters after the last step; no other is ever looked at."""
    generator = np.random.default_rng(recipe.seed)
    parameters = new_parameters(generator)
    network, adam = LeNet(parameters), Adam(parameters, recipe.weight_decay)
    inputs, labels = pictures.inputs, pictures.labels.astype(np.int64)
    steps, began = recipe.epochs * (len(labels) // recipe.batch), time.monotonic()
    for epoch in range(recipe.epochs):
        order = generator.permutation(len(labels))
        losses = []
        for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
            chosen = order[start : start + recipe.batch]
            batch = _some_mirrored(inputs[chosen], generator)
            loss, gradients = network.gradients(batch, labels[chosen])
            rate = recipe.learning_rate * (1 + math.cos(math.pi * adam.steps / steps)) / 2
            adam.step(gradients, rate)
            losses.append(loss)
        seconds = time.monotonic() - began
        _log.info("epoch %d of %d: loss %.4f, %.0f s", epoch + 1, recipe.epochs, np.mean(losses), seconds)
    return parameters


def _some_mirrored(images: NDArray[np.float32], generator: np.random.Generator) -> NDArray[np.float32]:
    """Every other one, by chance: clothes have two sides."""
    turned = generator.random(len(images)) < 0.5
    images[turned] = images[turned, :, :, ::-1]
    return images


def first_of_each(pictures: Pictures) -> dict[str, NDArray[Any]]:
    """The first of each class, the classes taking turns, and their numbers in the data set."""
    of_class = [np.flatnonzero(pictures.labels == label)[:PER_CLASS] for label in range(10)]
    chosen = np.stack(of_class, axis=1).ravel()
    found = {"pixels": pictures.pixels[chosen], "labels": pictures.labels[chosen]}
    return found | {"numbers": chosen.astype(np.uint16)}


def main() -> None:
    """Trains, rounds to float16, measures what the file will hold, writes it and the pictures."""
    recipe = parse()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    training, test = read_part(recipe.folder, "train"), read_part(recipe.folder, "t10k")
    half = {name: values.astype(np.float16) for name, values in train(recipe, training).items()}
    network = LeNet({name: values.astype(np.float32) for name, values in half.items()})
    right = int((network.logits(test.inputs).argmax(1) == test.labels).sum())
    said = {"network": "LeNet-5", "data": "Fashion-MNIST", "training_seed": str(recipe.seed)}
    said["test_accuracy"] = f"{right / len(test.labels):.4f}"
    save_file(half, recipe.out / WEIGHTS, metadata=said)
    save_file(first_of_each(test), recipe.out / PICTURES)
    _log.info("%d of %d test pictures right", right, len(test.labels))


if __name__ == "__main__":
    main()
