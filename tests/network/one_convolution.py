"""A network of one convolution of any form, on random numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.network.graph import Graph
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.network import Network, build_network
from sassafras.network.tensor import Shape, Tensor


def network_of(layer: Layer, image: Shape, seed: int) -> Network:
    """The layer alone, with parameters around zero."""
    node = Node(0, layer, (Tensor("input", (1, *image)),))
    dice = np.random.Generator(np.random.Philox(seed))
    parameters = {
        name: dice.standard_normal(shape).astype(np.float32) for name, shape in node.parameter_shapes.items()
    }
    classes = [f"class{k}" for k in range(node.outputs)]
    return build_network(Graph(node.input, (node,)), parameters, classes, "one")


def pixels_of(network: Network, seed: int) -> NDArray[np.float32]:
    """A random input."""
    dice = np.random.Generator(np.random.Philox(seed + 1))
    return dice.standard_normal(network.input_shape).astype(np.float32)
