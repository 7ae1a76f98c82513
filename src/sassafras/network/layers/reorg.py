"""Reorganisation: an image taken apart into smaller ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Reorg(Layer):
    """``stride`` x ``stride`` smaller images. Which value goes where is Darknet's: not every ``stride``-th
    pixel of a map, but of the input read as if it had fewer channels and larger maps.
    """

    stride: int

    kind: ClassVar[str] = "reorg"

    def check(self, inputs: Inputs) -> None:
        """All sizes are multiples. Raises MisfitError."""
        channels, height, width = inputs[0].image
        if channels % self.stride**2 or height % self.stride or width % self.stride:
            raise MisfitError(
                f"{channels}x{height}x{width} is not to be taken apart: channels must be a multiple of "
                f"{self.stride**2}, height and width of {self.stride}",
                "stride",
            )

    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels times the stride squared; height and width by the stride."""
        channels, height, width = inputs[0].image
        return channels * self.stride**2, height // self.stride, width // self.stride

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_reorg_layer_gpu``."""
        channels, height, width = node.input.image
        yield KernelCall(
            "reorg",
            {
                "n": node.output.elements,
                "input": address_of(node.input.name),
                "channels": channels,
                "h": height,
                "w": width,
                "stride": self.stride,
                "output": address_of(node.output_name),
            },
        )
