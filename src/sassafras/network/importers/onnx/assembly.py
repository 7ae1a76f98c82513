"""The graph that is being made."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.operation import Known
from sassafras.network.importers.onnx.values import Value, image_shape
from sassafras.network.layers.constant import Constant
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.layers.reshape import Reshape
from sassafras.network.tensor import Shape, Tensor


class Assembly:
    """Nodes so far, and their parameters by allocation name."""

    def __init__(self, image: Tensor) -> None:
        self.image = image
        self.nodes: list[Node] = []
        self.parameters: dict[str, NDArray[np.float32]] = {}

    def add(self, layer: Layer, *inputs: Tensor, **parameters: NDArray[Any]) -> Tensor:
        """A node, with its parameters by the layer's names for them; its result. Raises MisfitError for
        inputs that do not fit, NetworkError for parameters that do not, or are not finite.
        """
        node = Node(len(self.nodes), layer, inputs)
        for name, values in parameters.items():
            self.set(node, name, values)
        self.nodes.append(node)
        return node.output

    def set(self, node: Node, name: str, values: NDArray[Any]) -> None:
        """One of a node's parameters."""
        shape = node.parameter_shapes[node.named(name)]
        if values.size != math.prod(shape):
            raise NetworkError(f"its {name} have shape {values.shape}, {shape} is needed")
        stored = np.ascontiguousarray(values, np.float32).reshape(shape)
        if not np.isfinite(stored).all():
            raise NetworkError(f"its {name} hold NaN or infinity")
        self.parameters[node.named(name)] = stored

    def parameter(self, node: Node, name: str) -> NDArray[np.float32]:
        """One of a node's parameters."""
        return self.parameters[node.named(name)]

    def shaped(self, tensor: Tensor, shape: Shape) -> Tensor:
        """The same values as an image of this shape."""
        return tensor if tensor.image == shape else self.add(Reshape(*shape), tensor)

    def map_of(self, known: Known) -> Value:
        """A value, or a constant as one."""
        if isinstance(known, Value):
            return known
        layer = Constant(*image_shape(known.shape))
        return Value(self.add(layer, self.image, output=known), known.shape, shared=True)

    def maker(self, value: Value) -> Node | None:
        """The node that computes a value, where nothing else reads it and no activation has been applied:
        what follows may become part of it.
        """
        if value.shared:
            return None
        for node in reversed(self.nodes):
            if node.output_name == value.tensor.name and not node.layer.in_place:
                activation = getattr(node.layer, "activation", Activation.LINEAR)
                return node if activation is Activation.LINEAR else None
        return None

    def change(self, node: Node, **options: Any) -> Node:
        """Other options of a node's layer; the shape of its result must stay."""
        assert set(options) <= {entry.name for entry in fields(node.layer)}
        changed = replace(node, layer=replace(node.layer, **options))
        self.nodes[node.index] = changed
        return changed
