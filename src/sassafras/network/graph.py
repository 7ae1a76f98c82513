"""The graph of a network: nodes that read named tensors and make one each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from enum import Enum
from functools import cached_property
from typing import Any

from sassafras.errors import NetworkError
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.tensor import Tensor

INPUT = "input"


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each reads only what stands before it. ``input``: the image.

    Raises NetworkError for a graph without nodes, with wrong indexes, that reads what is not made before, or
    of several images at once.
    """

    input: Tensor
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        if not self.nodes:
            raise NetworkError("a network needs a layer")
        if self.input.batch != 1:
            raise NetworkError(f"an inference is of one image, not of {self.input.batch}")
        known = {self.input}
        for index, node in enumerate(self.nodes):
            if node.index != index:
                raise NetworkError(f"node {index} says that it is node {node.index}")
            if unmade := [tensor.name for tensor in node.inputs if tensor not in known]:
                raise NetworkError(f"{node.name} reads {', '.join(unmade)}, which nothing before it makes")
            known.add(node.output)

    @property
    def output(self) -> Tensor:
        """The result of the last node."""
        return self.nodes[-1].output

    def to_json(self) -> dict[str, Any]:
        """All that decides what the network computes, but the parameters."""
        return {
            "input": _tensor_json(self.input),
            "nodes": [_node_json(node) for node in self.nodes],
            "output": self.output.name,
        }

    @cached_property
    def canonical(self) -> str:
        """``to_json`` as text: keys sorted, no blanks, floats as Python writes them."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @property
    def digest(self) -> str:
        """SHA-256 over ``canonical``, in hex."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def _tensor_json(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "shape": list(tensor.shape), "dtype": tensor.dtype.name}


def _node_json(node: Node) -> dict[str, Any]:
    return {
        "name": node.name,
        "kind": node.kind,
        "options": {key: _plain(value) for key, value in options_of(node.layer).items()},
        "inputs": [tensor.name for tensor in node.inputs],
        "output": node.output_name,
    }


def options_of(layer: Layer) -> dict[str, Any]:
    """The fields of a layer, by name, in their order, less those at their default: a layer may gain options
    without becoming another one.
    """
    values = {entry.name: (getattr(layer, entry.name), entry.default) for entry in fields(layer)}
    return {name: value for name, (value, default) in values.items() if value != default}


def _plain(value: object) -> object:
    return value.name.lower() if isinstance(value, Enum) else value
