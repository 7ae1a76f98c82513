"""A small network with every kind of layer, and a float64 reference that knows nothing of kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sassafras.kernels.activation import Activation
from sassafras.network.config import NetworkConfig, parse_cfg
from sassafras.network.layers import Connected, Convolutional, Layer, Maxpool, Route, Shortcut, Softmax
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


def _parameters(layers: Sequence[Layer], seed: int) -> dict[str, Narrow]:
    dice = np.random.Generator(np.random.Philox(seed))
    return {
        name: (dice.standard_normal(shape) * 0.3).astype(np.float32)
        for layer in layers
        for name, shape in layer.parameter_shapes.items()
    }


@pytest.fixture
def make_parameters() -> Callable[[Sequence[Layer], int], dict[str, Narrow]]:
    return _parameters


@pytest.fixture
def small(small_config: NetworkConfig) -> Network:
    classes = [f"class{index}" for index in range(6)]
    return build_network(small_config, _parameters(small_config.layers, 5), classes, "small")


def _activate(x: Wide, activation: Activation) -> Wide:
    functions: dict[Activation, Callable[[Wide], Wide]] = {
        Activation.LOGISTIC: lambda v: 1 / (1 + np.exp(-v)),
        Activation.RELU: lambda v: np.maximum(v, 0),
        Activation.LINEAR: lambda v: v,
        Activation.RAMP: lambda v: np.where(v > 0, 1.1 * v, 0.1 * v),
        Activation.TANH: np.tanh,
        Activation.LEAKY: lambda v: np.where(v > 0, v, 0.1 * v),
        Activation.ELU: lambda v: np.where(v >= 0, v, np.expm1(v)),
        Activation.HARDTAN: lambda v: np.clip(v, -1, 1),
    }
    return functions[activation](x)


def _forward(layer: Layer, x: Wide, parameters: Mapping[str, Narrow]) -> Wide:
    if isinstance(layer, Convolutional):
        edge = layer.padding
        padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
        windows = sliding_window_view(padded, (layer.size, layer.size), axis=(1, 2))
        windows = windows[:, :: layer.stride, :: layer.stride]
        weights = parameters[layer.named("weights")].astype(np.float64)
        sums = np.einsum("chwij,fcij->fhw", windows, weights)
        biases = parameters[layer.named("biases")].astype(np.float64)
        return _activate(sums + biases[:, None, None], layer.activation)
    if isinstance(layer, Connected):
        weights = parameters[layer.named("weights")].astype(np.float64)
        sums = weights @ x.reshape(-1) + parameters[layer.named("biases")]
        return _activate(sums, layer.activation).reshape(-1, 1, 1)
    if isinstance(layer, Maxpool):
        before = layer.padding // 2
        edges = (before, layer.padding - before)
        padded = np.pad(x, ((0, 0), edges, edges), constant_values=-np.inf)
        windows = sliding_window_view(padded, (layer.size, layer.size), axis=(1, 2))
        return np.asarray(windows[:, :: layer.stride, :: layer.stride].max(axis=(3, 4)))
    if isinstance(layer, Softmax):
        powers = np.exp(x.reshape(layer.groups, -1) / layer.temperature)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True)).reshape(-1, 1, 1)
    return x


def _reference(network: Network, image: Narrow) -> list[Wide]:
    results: list[Wide] = []
    for layer in network.layers:
        before = results[-1] if results else image.astype(np.float64)
        if isinstance(layer, Route):
            results.append(np.concatenate([results[origin] for origin in layer.origins]))
        elif isinstance(layer, Shortcut):
            total = before + sum(results[origin] for origin in layer.origins)
            results.append(_activate(total, layer.activation))
        else:
            results.append(_forward(layer, before, network.parameters))
    return results


@pytest.fixture
def reference() -> Callable[[Network, Narrow], list[Wide]]:
    """The output of every layer in float64."""
    return _reference
