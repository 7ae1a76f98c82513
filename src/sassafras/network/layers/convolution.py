"""Convolution as ONNX describes it: windows of any form; no activation, biases if there are any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import (
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    Node,
    add_biases,
    parameters_and_output,
)
from sassafras.network.layers.windows import Pair, Windows
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Convolution(Layer):
    """The attributes of ONNX's ``Conv`` in two dimensions: ``kernel_shape``, ``strides`` and ``dilations``
    of rows and columns, ``pads`` zeros above, left, below, right, ``group``. ``biased``: whether there is B.
    """

    filters: int
    kernel_shape: Pair
    strides: Pair = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilations: Pair = (1, 1)
    group: int = 1
    biased: bool = True

    kind: ClassVar[str] = "convolution"

    @property
    def windows(self) -> Windows:
        """What slides over the image."""
        return Windows(self.kernel_shape, self.strides, self.pads, self.dilations, self.group)

    def check(self, inputs: Inputs) -> None:
        """A window has a place, and the groups are equal. Raises MisfitError."""
        self.windows.check(inputs, self.filters)

    def output_shape(self, inputs: Inputs) -> Shape:
        """Filters, height, width."""
        return self.filters, *self.windows.places(inputs[0].image)

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """Biases (filters,) if there are any, then weights (filters, channels of a group, height, width)."""
        weights: dict[str, tuple[int, ...]] = {"weights": self.windows.weights(inputs[0].image, self.filters)}
        return {"biases": (self.filters,)} | weights if self.biased else weights

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Weights, biases, output."""
        return parameters_and_output(node)

    def workspace(self, node: Node) -> Tensor | None:
        """The unfolded image."""
        return self.windows.workspace(node)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """As Darknet's, less what ONNX does not ask for."""
        yield from self.windows.product(node, address_of)
        if self.biased:
            yield add_biases(node, self.filters, address_of)
