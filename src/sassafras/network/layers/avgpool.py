"""Average pooling over whole maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Avgpool(Layer):
    """The mean of each channel."""

    kind: ClassVar[str] = "avgpool"

    def output_shape(self, inputs: Inputs) -> Shape:
        """(channels, 1, 1)."""
        return inputs[0].image[0], 1, 1

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_avgpool_layer_gpu``."""
        _, height, width = node.input.image
        yield KernelCall(
            "forward_avgpool",
            {
                "n": node.output.elements,
                "size": height * width,
                "input": address_of(node.input.name),
                "output": address_of(node.output_name),
            },
        )
