"""A training from its folder of data to the files of a network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import NetworkConfig, write_cfg
from sassafras.network.importers.darknet.weights import WeightsHeader, format_weights
from sassafras.progress import Progress
from sassafras.training.architecture import architecture_of, folded, with_normalisation
from sassafras.training.card import PartScore, card_json, card_of, card_text, score
from sassafras.training.checkpoint import read_checkpoint
from sassafras.training.examples import Examples, examples_of
from sassafras.training.fitting import Fitting, Task, beginning, device_of, outputs_of
from sassafras.training.pictures import decoded, forget
from sassafras.training.recipe import Answers, Recipe
from sassafras.whole_files import whole_file

CFG, WEIGHTS, NAMES, CARD, CARD_TEXT = (
    "network.cfg",
    "network.weights",
    "network.names",
    "card.json",
    "card.md",
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """A trained network in its folder, and what it came to: by part of the examples."""

    folder: Path
    answers: Answers
    parts: Mapping[str, PartScore]

    @property
    def cfg(self) -> Path:
        """File of the layers."""
        return self.folder / CFG

    @property
    def weights(self) -> Path:
        """File of the weights."""
        return self.folder / WEIGHTS

    @property
    def names(self) -> Path:
        """File of the classes."""
        return self.folder / NAMES

    @property
    def card(self) -> Path:
        """The model card, to be read."""
        return self.folder / CARD_TEXT


def train(recipe: Recipe, folder: Path, progress: Progress, say: Say) -> Trained:
    """Train a network into a folder; what is there of the same training is gone on with. Raises
    SassafrasError.
    """
    device = device_of(recipe.device)
    examples, answers = examples_of(recipe)
    graph = architecture_of(recipe.network, len(examples.classes), answers)
    trained = with_normalisation(graph)
    digest = recipe.digest(hashlib.sha256(trained.canonical.encode()).hexdigest(), examples.digest)
    start = read_checkpoint(folder, digest)
    pixels = decoded(folder, examples, graph.input.image, recipe.fit, progress)
    task = Task(recipe, digest, trained, examples, answers, pixels)
    if start is not None:
        say(f"going on behind epoch {len(start.history)}")
    work = Fitting(task, start or beginning(task), device)
    work.run(folder, progress, say)
    parameters = folded(trained, graph, work.best)
    parts = {}
    for name, part in (("held out", examples.held_out), ("test", examples.tested)):
        if len(part):
            outputs = outputs_of(graph, answers, parameters, pixels, part, device)
            parts[name] = score(examples.classes, answers, outputs, examples.targets[part])
    card = card_of(recipe, examples, answers, work.history, parts)
    seen = work.steps * min(recipe.batch, len(examples.learned))
    _write(folder, graph, parameters, examples, seen)
    _put(folder / CARD_TEXT, card_text(card).encode())
    _put(folder / CARD, card_json(card).encode())
    forget(folder)
    return Trained(folder, answers, parts)


def _write(
    folder: Path, graph: Graph, parameters: Mapping[str, NDArray[np.float32]], examples: Examples, seen: int
) -> None:
    """The network, as ``sassafras run`` takes it."""
    _put(folder / CFG, write_cfg(NetworkConfig(1, graph)).encode())
    _put(folder / WEIGHTS, format_weights(parameters, graph.nodes, WeightsHeader(seen=seen)))
    _put(folder / NAMES, "".join(f"{name}\n" for name in examples.classes).encode())


def _put(path: Path, content: bytes) -> None:
    with whole_file(path) as file:
        file.write(content)
