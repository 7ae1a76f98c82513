"""Route of a dense network: earlier layers, one behind the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape
from sassafras.workload.buffer import WORD


@dataclass(frozen=True)
class Route(Layer):
    """The channels of its inputs, one's behind the other's; of one input: a copy. ``groups``: into which each
    input's channels are cut, and of which number ``group_id`` is taken.
    """

    groups: int = 1
    group_id: int = 0

    kind: ClassVar[str] = "route"

    def check(self, inputs: Inputs) -> None:
        """Height and width are equal, and the channels make equal groups. Raises MisfitError."""
        _, height, width = inputs[0].image
        for tensor in inputs:
            if tensor.image[0] % self.groups:
                raise MisfitError(
                    f"{tensor.image[0]} channels of {tensor.name} are no {self.groups} equal groups", "groups"
                )
            _, other_height, other_width = tensor.image
            if (other_height, other_width) != (height, width):
                raise MisfitError(
                    f"maps of {inputs[0].name} are {height}x{width}, of {tensor.name} "
                    f"{other_height}x{other_width}: only equal ones are concatenated",
                    "inputs",
                )

    def output_shape(self, inputs: Inputs) -> Shape:
        """The sum of the channels that are taken; height and width as before."""
        _, height, width = inputs[0].image
        return sum(tensor.image[0] for tensor in inputs) // self.groups, height, width

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_route_layer_gpu``: one copy per layer, for one image."""
        offset = 0
        for read in node.inputs:
            taken = read.elements // self.groups
            yield KernelCall(
                "concatenate",
                {
                    "n": taken,
                    "input": address_of(read.name) + WORD * taken * self.group_id,
                    "offset": offset,
                    "output": address_of(node.output_name),
                },
            )
            offset += taken
