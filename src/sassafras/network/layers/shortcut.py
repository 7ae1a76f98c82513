"""Shortcut of a residual network: the sum of the layer before and of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.kernels.activation import Activation
from sassafras.network.layers.layer import (
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    MisfitError,
    Node,
    activate,
)
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Shortcut(Layer):
    """Its inputs added up, one after the other, value by value; then an activation."""

    activation: Activation

    kind: ClassVar[str] = "shortcut"

    def check(self, inputs: Inputs) -> None:
        """All have one shape (Darknet would add the part that they share). Raises MisfitError."""
        for tensor in inputs:
            if tensor.image != inputs[0].image:
                one, two = ("x".join(map(str, entry.image)) for entry in (tensor, inputs[0]))
                raise MisfitError(
                    f"{tensor.name} is {one}, {inputs[0].name} is {two}: only equal shapes are added",
                    "inputs",
                )

    def output_shape(self, inputs: Inputs) -> Shape:
        """As each input."""
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_shortcut_layer_gpu``; its copy and its sum in place are one launch here."""
        output, n = address_of(node.output_name), node.output.elements
        so_far, *others = (address_of(tensor.name) for tensor in node.inputs)
        for other in others:
            yield KernelCall("add", {"n": n, "a": so_far, "b": other, "output": output})
            so_far = output
        yield activate(node, self.activation, address_of)
