"""VGG-16, ResNet-50 and DenseNet-201 as ONNX models, node by node as torchvision exports them (batch
normalisations as nodes of their own), with random weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto
from tests.network.large.size import DENSENET_201, GROWTH, RESNET_50, STEM, VGG_16, Size
from tests.network.onnx.made import NODE, model

Values = NDArray[np.float32]


class _Nodes:
    """Nodes one behind the other, with weights that keep the size of activations."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        self._dice = np.random.Generator(np.random.Philox(seed))
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, NDArray[Any]] = {}
        self.channels: dict[str, int] = {"x": 3}

    def _put(self, kind: str, sources: list[str], channels: int, **attributes: Any) -> str:
        name = f"n{len(self._nodes)}"
        self._nodes.append(NODE(kind, sources, [name], **attributes))
        self.channels[name] = channels
        return name

    def _weights(self, *shape: int, scale: float, around: float = 0.0) -> str:
        name = f"w{len(self._constants)}"
        values = self._dice.standard_normal(shape, np.float32)
        values *= np.float32(scale)
        self._constants[name] = values + np.float32(around) if around else values
        return name

    def convolution(
        self, source: str, filters: int, side: int, stride: int = 1, *, bias: bool = False
    ) -> str:
        shape = (filters, self.channels[source], side, side)
        given = [source, self._weights(*shape, scale=(2 / np.prod(shape[1:])) ** 0.5)]
        given += [self._weights(filters, scale=0.1)] if bias else []
        return self._put(
            "Conv", given, filters, kernel_shape=[side, side], strides=[stride] * 2, pads=[side // 2] * 4
        )

    def normalized(self, source: str) -> str:
        count = self.channels[source]
        scale, bias, mean = (self._weights(count, scale=0.1, around=a) for a in (0.5, 0.0, 0.0))
        variance = self._weights(count, scale=0.02, around=1.0)
        return self._put("BatchNormalization", [source, scale, bias, mean, variance], count)

    def relu(self, source: str) -> str:
        return self._put("Relu", [source], self.channels[source])

    def pool(self, source: str, side: int, kind: str = "MaxPool", pad: int = 0) -> str:
        shape = {"kernel_shape": [side, side], "strides": [2, 2], "pads": [pad] * 4}
        return self._put(kind, [source], self.channels[source], **shape)

    def joined(self, sources: list[str]) -> str:
        if len(sources) == 1:
            return sources[0]
        return self._put("Concat", list(sources), sum(self.channels[s] for s in sources), axis=1)

    def added(self, one: str, two: str) -> str:
        return self._put("Add", [one, two], self.channels[one])

    def mean(self, source: str) -> str:
        return self._put("GlobalAveragePool", [source], self.channels[source])

    def flat(self, source: str, pixels: int) -> str:
        return self._put("Flatten", [source], pixels * self.channels[source])

    def product(self, source: str, outputs: int) -> str:
        inputs = self.channels[source]
        weights = self._weights(outputs, inputs, scale=(2 / inputs) ** 0.5)
        return self._put("Gemm", [source, weights, self._weights(outputs, scale=0.1)], outputs, transB=1)

    def model(self, last: str) -> ModelProto:
        side = self.size.side
        return model(self._nodes, self._constants, (1, 3, side, side), outputs=(last,))


def vgg_16(size: Size, seed: int = 1) -> ModelProto:
    """Scores, not probabilities; so do the others."""
    nodes, at = _Nodes(size, seed), "x"
    for channels, count in VGG_16:
        for _ in range(count):
            at = nodes.relu(nodes.convolution(at, size.of(channels), 3, bias=True))
        at = nodes.pool(at, 2)
    at = nodes.flat(at, (size.side // 32) ** 2)
    for _ in range(2):
        at = nodes.relu(nodes.product(at, size.of(4096)))
    return nodes.model(nodes.product(at, size.classes))


def _stem(nodes: _Nodes) -> str:
    first = nodes.convolution("x", nodes.size.of(STEM), 7, 2)
    return nodes.pool(nodes.relu(nodes.normalized(first)), 3, pad=1)


def _scores(nodes: _Nodes, at: str) -> ModelProto:
    return nodes.model(nodes.product(nodes.flat(nodes.mean(at), 1), nodes.size.classes))


def resnet_50(size: Size, seed: int = 1) -> ModelProto:
    """Where a stage begins, the other way is a convolution too."""
    nodes = _Nodes(size, seed)
    at = _stem(nodes)
    for stage, (channels, count) in enumerate(RESNET_50):
        for k in range(count):
            stride = 2 if stage and k == 0 else 1
            inside = nodes.relu(nodes.normalized(nodes.convolution(at, size.of(channels), 1)))
            inside = nodes.relu(nodes.normalized(nodes.convolution(inside, size.of(channels), 3, stride)))
            inside = nodes.normalized(nodes.convolution(inside, size.of(4 * channels), 1))
            if k == 0:
                at = nodes.normalized(nodes.convolution(at, size.of(4 * channels), 1, stride))
            at = nodes.relu(nodes.added(inside, at))
    return _scores(nodes, at)


def densenet_201(size: Size, seed: int = 1) -> ModelProto:
    """A normalisation before each convolution; every layer reads all that its block had before."""
    nodes = _Nodes(size, seed)
    at = _stem(nodes)
    for block, count in enumerate(DENSENET_201):
        if block:
            halved = nodes.convolution(nodes.relu(nodes.normalized(at)), max(1, nodes.channels[at] // 2), 1)
            at = nodes.pool(halved, 2, "AveragePool")
        features = [at]
        for _ in range(count):
            inside = nodes.relu(nodes.normalized(nodes.joined(features)))
            inside = nodes.relu(nodes.normalized(nodes.convolution(inside, size.of(4 * GROWTH), 1)))
            features.append(nodes.convolution(inside, size.of(GROWTH), 3))
        at = nodes.joined(features)
    return _scores(nodes, nodes.relu(nodes.normalized(at)))


MODELS: dict[str, Callable[[Size], ModelProto]] = {
    "vgg-16": vgg_16,
    "resnet50": resnet_50,
    "densenet201": densenet_201,
}
