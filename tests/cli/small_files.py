"""A small Darknet network in files, and pictures for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.importers.darknet.weights import write_weights

CFG = """
[net]
height=9
width=9
channels=3

[convolutional]
filters=4
size=3
stride=2
activation=relu

[maxpool]
size=2
stride=2
padding=0

[connected]
output=3
activation=linear

[softmax]
"""


@dataclass(frozen=True)
class Files:
    """Where the small network and its images are."""

    cfg: Path
    weights: Path
    images: Path

    @property
    def options(self) -> list[str]:
        """Options that select them."""
        return ["--network", str(self.cfg), "--weights", str(self.weights), "--images", str(self.images)]


def write_files(folder: Path, *, scale: float = 1.0, pictures: int = 2) -> Files:
    """Write the network with random parameters of that size, and random pictures."""
    cfg, weights, dice = write_network(folder, CFG, scale)
    made = Files(cfg, weights, folder / "images")
    made.images.mkdir()
    for number in range(pictures):
        pixels = dice.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made.images / f"{number}.png")
    return made


def write_network(folder: Path, text: str, scale: float = 1.0) -> tuple[Path, Path, np.random.Generator]:
    """A cfg of that text, random weights of that size, and the dice for what follows."""
    cfg, weights = folder / "tiny.cfg", folder / "tiny.weights"
    cfg.write_text(text)
    config = parse_cfg(text)
    dice = np.random.Generator(np.random.Philox(3))
    parameters = {
        name: (dice.standard_normal(shape) * scale).astype(np.float32)
        for layer in config.graph.nodes
        for name, shape in layer.parameter_shapes.items()
    }
    write_weights(weights, parameters, config.graph.nodes)
    return cfg, weights, dice
