"""Convolution as Darknet describes it: square windows; batch normalisation or biases, then an activation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.batchnorm import finish, with_statistics
from sassafras.network.layers.layer import (
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    Node,
    parameters_and_output,
)
from sassafras.network.layers.mapped import AnyActivation
from sassafras.network.layers.windows import Windows
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Convolutional(Layer):
    """``filters`` square windows of ``size``, moved by ``stride`` over the image with ``padding`` zeros on
    each side, as many for each value between two of a window (``dilation``). ``stride_x``, ``stride_y``:
    instead of ``stride``, 0: that. ``batch_normalize``: 1 or 0.
    """

    filters: int
    size: int
    stride: int
    padding: int
    activation: AnyActivation
    batch_normalize: int = 0
    groups: int = 1
    dilation: int = 1
    stride_x: int = 0
    stride_y: int = 0

    kind: ClassVar[str] = "convolutional"

    @property
    def windows(self) -> Windows:
        """What slides over the image."""
        around, size, apart = self.padding * self.dilation, self.size, self.dilation
        strides = self.stride_y or self.stride, self.stride_x or self.stride
        return Windows((size, size), strides, (around,) * 4, (apart, apart), self.groups)

    def check(self, inputs: Inputs) -> None:
        """A window has a place, and the groups are equal. Raises MisfitError."""
        self.windows.check(inputs, self.filters)

    def output_shape(self, inputs: Inputs) -> Shape:
        """Filters, height, width."""
        return self.filters, *self.windows.places(inputs[0].image)

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """Biases (filters,), with batch normalisation scales, means and variances of the same shape, then
        weights (filters, channels of a group, size, size).
        """
        weights: dict[str, tuple[int, ...]] = {"weights": self.windows.weights(inputs[0].image, self.filters)}
        if self.batch_normalize:
            return with_statistics(self.filters) | weights
        return {"biases": (self.filters,)} | weights

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Weights, biases, output, then the statistics."""
        return parameters_and_output(node)

    def workspace(self, node: Node) -> Tensor | None:
        """The unfolded image."""
        return self.windows.workspace(node)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_convolutional_layer_gpu`` without cuDNN, for one image."""
        yield from self.windows.product(node, address_of)
        normalized = bool(self.batch_normalize)
        yield from finish(node, self.activation, self.filters, address_of, normalized=normalized)
