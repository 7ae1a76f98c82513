"""Upsampling to the nearest: every value several times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Upsample(Layer):
    """Every value ``stride`` times in both directions, times ``scale``."""

    stride: int
    scale: float

    kind: ClassVar[str] = "upsample"

    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels as before; height and width times the stride."""
        channels, height, width = inputs[0].image
        return channels, height * self.stride, width * self.stride

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_upsample_layer_gpu``, which adds to zeros; here one launch writes products."""
        _, height, width = node.input.image
        yield KernelCall(
            "upsample",
            {
                "n": node.output.elements,
                "input": address_of(node.input.name),
                "h": height,
                "w": width,
                "stride": self.stride,
                "scale": self.scale,
                "output": address_of(node.output_name),
            },
        )
