"""Maximum pooling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node, check_window
from sassafras.network.tensor import INDEX, Shape, Tensor


@dataclass(frozen=True)
class Maxpool(Layer):
    """The largest value under a square window. ``padding`` counts both sides together: half of it, rounded
    down, lies before.
    """

    size: int
    stride: int
    padding: int

    kind: ClassVar[str] = "maxpool"

    def check(self, inputs: Inputs) -> None:
        """A window has a place. Raises MisfitError."""
        check_window(inputs, self.size, self.padding)

    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels as before; (extent + padding - size) // stride + 1."""
        channels, height, width = inputs[0].image
        reach = self.padding - self.size
        return channels, (height + reach) // self.stride + 1, (width + reach) // self.stride + 1

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Indexes (where each maximum was found), output."""
        return Tensor(node.named("indexes"), node.output.shape, INDEX), node.output

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_maxpool_layer_gpu``."""
        channels, height, width = node.input.image
        yield KernelCall(
            "forward_maxpool",
            {
                "n": node.output.elements,
                "in_h": height,
                "in_w": width,
                "in_c": channels,
                "stride": self.stride,
                "size": self.size,
                "pad": self.padding,
                "input": address_of(node.input.name),
                "output": address_of(node.output_name),
                "indexes": address_of(node.named("indexes")),
            },
        )
