"""A small network with every kind of layer, two pictures for it, and what a worker would hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.campaign.workbench import Workbench
from sassafras.network.config import parse_cfg
from sassafras.network.images import Image
from sassafras.network.network import Network, build_network

CFG = """
[net]
height=19
width=19
channels=3

[convolutional]
filters=8
size=3
stride=2
pad=1
activation=relu

[maxpool]
size=3
stride=2
padding=0

[convolutional]
filters=8
size=3
stride=1
pad=1
activation=leaky

[connected]
output=20
activation=relu

[dropout]
probability=.5

[connected]
output=7
activation=linear

[softmax]
"""


def _values(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Weights that keep the size of activations; small biases."""
    scale = (2 / int(np.prod(shape[1:]))) ** 0.5 if len(shape) > 1 else 0.1
    return (generator.standard_normal(shape) * scale).astype(np.float32)


@pytest.fixture(scope="session")
def tiny() -> Network:
    generator = np.random.Generator(np.random.Philox(1))
    config = parse_cfg(CFG)
    shapes = {name: shape for layer in config.layers for name, shape in layer.parameter_shapes.items()}
    parameters = {name: _values(generator, shape) for name, shape in shapes.items()}
    return build_network(config, parameters, [f"class{k}" for k in range(7)], "tiny")


@pytest.fixture(scope="session")
def images(tiny: Network) -> list[Image]:
    generator = np.random.Generator(np.random.Philox(2))
    return [Image(f"image{k}", generator.random(tiny.input_shape).astype(np.float32)) for k in range(2)]


@pytest.fixture
def bench(tiny: Network, images: list[Image]) -> Iterator[Workbench]:
    """A workbench; its arena is a private copy of its own."""
    made = Workbench(tiny, [image.pixels for image in images], "sm_50", shared=False)
    yield made
    made.golden(0).leave()
