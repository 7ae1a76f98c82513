"""A small network with every kind of layer, and two pictures for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


def network(cfg: str, seed: int = 1) -> Network:
    """The network of a cfg with random parameters."""
    generator = np.random.Generator(np.random.Philox(seed))
    config = parse_cfg(cfg)
    shapes = {name: shape for layer in config.layers for name, shape in layer.parameter_shapes.items()}
    parameters = {name: _values(generator, shape) for name, shape in shapes.items()}
    classes = [f"class{k}" for k in range(config.layers[-1].outputs)]
    return build_network(config, parameters, classes, "tiny")


def tiny() -> Network:
    """The network of ``CFG``."""
    return network(CFG)


def images(of: Network) -> list[Image]:
    """Two random pictures."""
    generator = np.random.Generator(np.random.Philox(2))
    return [Image(f"image{k}", generator.random(of.input_shape).astype(np.float32)) for k in range(2)]
