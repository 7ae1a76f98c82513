"""The layers that are trained: those of a cfg, with an end that says what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.kernels.activation import Activation
from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.layers.avgpool import Avgpool
from sassafras.network.layers.batchnorm import EPSILON, BatchNorm
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.dropout import Dropout
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.softmax import Softmax
from sassafras.network.source import BUNDLED
from sassafras.network.tensor import Tensor
from sassafras.training.recipe import Answers

TRAINABLE = (Convolutional, Maxpool, Connected, Avgpool, Dropout, Softmax, BatchNorm)
Parameters = dict[str, NDArray[np.float32]]


def architecture_of(network: str, classes: int, answers: Answers) -> Graph:
    """The layers of a bundled network, by name, or of a cfg. Where they end in a connected layer (and perhaps
    a softmax), that gets an output for each class, and the end that the answers want. Raises NetworkError for
    any other end that does not fit, and for layers that are not trained here, by name.
    """
    known = BUNDLED.get(network)
    graph = known.graph if known is not None else read_cfg(Path(network)).graph
    layers = [node.layer for node in graph.nodes]
    for node in graph.nodes:
        if not isinstance(node.layer, TRAINABLE):
            kinds = ", ".join(sorted(kind.kind for kind in TRAINABLE))
            raise NetworkError(
                f"{network}: {node.name} ({node.kind}) is not trained here; trained are: {kinds}"
            )
    body = layers[:-1] if isinstance(layers[-1], Softmax) else layers
    if any(isinstance(layer, Softmax) for layer in body):
        raise NetworkError(f"{network}: a softmax before the end is not trained here")
    if body and isinstance(body[-1], Connected):
        end = Activation.LINEAR if answers is Answers.CLASS else Activation.LOGISTIC
        softmax = [Softmax(1, 1.0)] if answers is Answers.CLASS else []
        return chained(graph.input, [*body[:-1], Connected(classes, end), *softmax])
    whole = answers is Answers.CLASS and layers[-1] == Softmax(1, 1.0) and graph.output.per_image == classes
    if not whole:
        or_softmax = f", or in a [softmax] of {classes}" if answers is Answers.CLASS else ""
        raise NetworkError(
            f"{network} ends in {graph.nodes[-1].kind} with {graph.output.per_image} outputs: for {classes} "
            f"classes let it end in a [connected] layer{or_softmax}"
        )
    return graph


def chained(image: Tensor, layers: Iterable[Layer]) -> Graph:
    """Layers one behind the other. Raises MisfitError."""
    nodes: list[Node] = []
    for index, layer in enumerate(layers):
        nodes.append(Node(index, layer, (nodes[-1].output if nodes else image,)))
    return Graph(image, tuple(nodes))


def with_normalisation(graph: Graph) -> Graph:
    """The same, every layer with weights but the last normalised over the batch: it is trained so, for deep
    networks hardly learn without, and what it comes to is put into the weights (`folded`).
    """
    weighty = [node.index for node in graph.nodes if isinstance(node.layer, Convolutional | Connected)]
    layers = (
        replace(node.layer, batch_normalize=1) if node.index in weighty[:-1] else node.layer  # type: ignore[call-arg]
        for node in graph.nodes
    )
    return chained(graph.input, layers)


def folded(trained: Graph, wanted: Graph, parameters: Mapping[str, NDArray[np.float32]]) -> Parameters:
    """Parameters of the normalised layers as those of layers that are not: a trained normalisation is one
    gain and one offset for each output. In binary64, rounded once.
    """
    found: Parameters = {}
    for was, node in zip(trained.nodes, wanted.nodes, strict=True):
        own = {name: np.asarray(parameters[name], np.float64) for name in was.parameter_shapes}
        if was.layer != node.layer:
            mean, variance = own[node.named("rolling_mean")], own[node.named("rolling_variance")]
            gain = own[node.named("scales")] / np.sqrt(variance + EPSILON)
            weights = own[node.named("weights")]
            own[node.named("weights")] = weights * gain.reshape(-1, *[1] * (weights.ndim - 1))
            own[node.named("biases")] = own[node.named("biases")] - mean * gain
        found |= {name: own[name].astype(np.float32) for name in node.parameter_shapes}
    return found
