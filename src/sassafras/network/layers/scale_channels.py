"""Channels of an earlier layer, each times a value of the layer before: squeeze and excitation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node, activate
from sassafras.network.layers.mapped import AnyActivation
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class ScaleChannels(Layer):
    """The second input's channels times the values of the first; then an activation."""

    activation: AnyActivation

    kind: ClassVar[str] = "scale_channels"

    def check(self, inputs: Inputs) -> None:
        """There is a value for each channel. Raises MisfitError."""
        if len(inputs) != 2:
            raise MisfitError(f"it takes two layers, not {len(inputs)}", "inputs")
        values, maps = inputs
        if values.image != (maps.image[0], 1, 1):
            one, two = ("x".join(map(str, tensor.image)) for tensor in inputs)
            raise MisfitError(
                f"{values.name} is {one}, {maps.name} is {two}: one value for each channel is needed",
                "inputs",
            )

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the second input."""
        return inputs[1].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """AlexeyAB's ``forward_scale_channels_layer_gpu``."""
        values, maps = node.inputs
        _, height, width = maps.image
        yield KernelCall(
            "broadcast_mul",
            {
                "n": node.output.elements,
                "size": height * width,
                "a": address_of(maps.name),
                "a_outer": height * width,
                "a_inner": 1,
                "b": address_of(values.name),
                "b_outer": 1,
                "b_inner": 0,
                "output": address_of(node.output_name),
            },
        )
        yield activate(node, self.activation, address_of)
