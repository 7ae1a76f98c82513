"""Shortcut of a residual network: the sum of the layer before and of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import (
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    MisfitError,
    Node,
    activate,
    copied,
)
from sassafras.network.layers.mapped import AnyActivation
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Shortcut(Layer):
    """Its inputs added up, one after the other, value by value; then an activation. Of an input with larger
    maps every so manieth row and column is added, and of one with other channels those that both have.
    """

    activation: AnyActivation

    kind: ClassVar[str] = "shortcut"

    def check(self, inputs: Inputs) -> None:
        """Maps of the others are as large as the first's, or so many times as large in both directions.
        Raises MisfitError.
        """
        _, height, width = inputs[0].image
        for tensor in inputs[1:]:
            _, tall, wide = tensor.image
            stride = tall // height
            if stride == 0 or (tall, wide) != (stride * height, stride * width):
                one, two = ("x".join(map(str, entry.image)) for entry in (tensor, inputs[0]))
                raise MisfitError(
                    f"{tensor.name} is {one}, {inputs[0].name} is {two}: only maps that are as large, or so "
                    "many times as large in both directions, are added",
                    "inputs",
                )

    def output_shape(self, inputs: Inputs) -> Shape:
        """As each input."""
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_shortcut_layer_gpu``; its copy and its sum in place are one launch here."""
        output, so_far = address_of(node.output_name), address_of(node.input.name)
        for other in node.inputs[1:]:
            added = address_of(other.name)
            if other.image == node.output_shape:
                sizes = {"n": node.output.elements, "a": so_far, "b": added}
                yield KernelCall("add", {**sizes, "output": output})
            else:
                if so_far != output:
                    yield copied(node, address_of)
                yield _sampled(node, other, added, output)
            so_far = output
        yield activate(node, self.activation, address_of)


def _sampled(node: Node, other: Tensor, added: int, output: int) -> KernelCall:
    """Darknet's ``shortcut_gpu`` of an input of another shape."""
    channels, height, width = node.output_shape
    n = min(channels, other.image[0]) * height * width
    stride = other.image[1] // height
    return KernelCall("shortcut", {"n": n, "add": added, "stride": stride, "w": width, "output": output})
