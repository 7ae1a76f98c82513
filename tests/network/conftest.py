"""A small network with every kind of layer of AlexNet, and the float64 reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.network.float64 import reference_of

from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg
from sassafras.network.layers.layer import Node
from sassafras.network.network import Network, build_network

Wide = NDArray[np.float64]
Narrow = NDArray[np.float32]

SMALL_CFG = """
[net]
batch = 64       # for training
height=13
width=11
channels=3
learning_rate=0.01

[convolutional]
filters=6
size=3
stride=2
pad=1
activation=leaky

; Darknet's default padding: size - 1
[maxpool]
size=2
stride=1

[convolutional]
filters=5
activation=relu

[convolutional]
filters=4
size=2
padding=1
activation=tanh

[maxpool]
size=3
stride=2
padding=0

[connected]
output=12
activation=elu

[dropout]
probability=.5

[connected]
output=6
activation=linear

[softmax]
groups=2
temperature=2
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SASSAFRAS_CACHE", str(folder))
    return folder


@pytest.fixture
def small_config() -> NetworkConfig:
    return parse_cfg(SMALL_CFG)


def _parameters(layers: Sequence[Node], seed: int) -> dict[str, Narrow]:
    dice = np.random.Generator(np.random.Philox(seed))
    return {
        name: (dice.standard_normal(shape) * 0.3).astype(np.float32)
        for layer in layers
        for name, shape in layer.parameter_shapes.items()
    }


@pytest.fixture
def make_parameters() -> Callable[[Sequence[Node], int], dict[str, Narrow]]:
    return _parameters


@pytest.fixture
def small(small_config: NetworkConfig) -> Network:
    classes = [f"class{index}" for index in range(6)]
    return build_network(small_config.graph, _parameters(small_config.graph.nodes, 5), classes, "small")


@pytest.fixture
def reference() -> Callable[[Network, Narrow], list[Wide]]:
    """The output of every layer in float64."""
    return reference_of
