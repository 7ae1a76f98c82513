"""Route of a dense network: earlier layers, one behind the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Route(Layer):
    """The channels of its inputs, one's behind the other's; of one input: a copy."""

    kind: ClassVar[str] = "route"

    def check(self, inputs: Inputs) -> None:
        """Height and width are equal. Raises MisfitError."""
        _, height, width = inputs[0].image
        for tensor in inputs:
            _, other_height, other_width = tensor.image
            if (other_height, other_width) != (height, width):
                raise MisfitError(
                    f"maps of {inputs[0].name} are {height}x{width}, of {tensor.name} "
                    f"{other_height}x{other_width}: only equal ones are concatenated",
                    "inputs",
                )

    def output_shape(self, inputs: Inputs) -> Shape:
        """The sum of the channels; height and width as before."""
        _, height, width = inputs[0].image
        return sum(tensor.image[0] for tensor in inputs), height, width

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_route_layer_gpu``: one copy per layer, for one image."""
        offset = 0
        for read in node.inputs:
            yield KernelCall(
                "concatenate",
                {
                    "n": read.elements,
                    "input": address_of(read.name),
                    "offset": offset,
                    "output": address_of(node.output_name),
                },
            )
            offset += read.elements
