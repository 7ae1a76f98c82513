"""Convolution: clear, unfold the image, multiply, add biases, activate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.kernels.activation import Activation
from sassafras.network.layers.layer import (
    WORKSPACE,
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    Node,
    check_window,
    clear,
    finish,
    parameters_and_output,
)
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Convolutional(Layer):
    """``filters`` square windows of ``size``, moved by ``stride`` over the image with ``padding`` zeros on
    each side.
    """

    filters: int
    size: int
    stride: int
    padding: int
    activation: Activation

    kind: ClassVar[str] = "convolutional"

    def check(self, inputs: Inputs) -> None:
        """A window has a place. Raises MisfitError."""
        check_window(inputs, self.size, 2 * self.padding)

    def output_shape(self, inputs: Inputs) -> Shape:
        """Filters, height, width."""
        _, height, width = inputs[0].image
        reach = 2 * self.padding - self.size
        return self.filters, (height + reach) // self.stride + 1, (width + reach) // self.stride + 1

    def window(self, inputs: Inputs) -> int:
        """Values under one window, all channels: rows of the unfolded image."""
        return inputs[0].image[0] * self.size * self.size

    @property
    def unfolds(self) -> bool:
        """Whether im2col_gpu runs. A 1x1 window at stride 1 without padding *is* the image.

        Darknet asks for the size alone, and so computes something else for 1x1 windows with a stride or
        padding.
        """
        return (self.size, self.stride, self.padding) != (1, 1, 0)

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """Biases (filters,), then weights (filters, channels, size, size)."""
        weights = (self.filters, inputs[0].image[0], self.size, self.size)
        return {"biases": (self.filters,), "weights": weights}

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Weights, biases, output."""
        return parameters_and_output(node)

    def workspace(self, node: Node) -> Tensor | None:
        """The unfolded image (asked for by 1x1 windows too, as in Darknet)."""
        _, height, width = node.output_shape
        return Tensor(WORKSPACE, (self.window(node.inputs), height, width), node.input.dtype)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_convolutional_layer_gpu`` without cuDNN, for one image."""
        yield clear(node, address_of)
        columns = address_of(node.input.name)
        if self.unfolds:
            columns = address_of(WORKSPACE)
            yield self._unfold(node, address_of)
        pixels, window = math.prod(node.output_shape[1:]), self.window(node.inputs)
        yield KernelCall(
            "gemm",
            {
                "transpose_b": 0,
                "m": self.filters,
                "n": pixels,
                "k": window,
                "a": address_of(node.named("weights")),
                "lda": window,
                "b": columns,
                "ldb": pixels,
                "c": address_of(node.output_name),
                "ldc": pixels,
            },
        )
        yield from finish(node, self.activation, self.filters, address_of)

    def _unfold(self, node: Node, address_of: AddressOf) -> KernelCall:
        channels, height, width = node.input.image
        _, height_col, width_col = node.output_shape
        return KernelCall(
            "im2col_gpu",
            {
                "n": channels * height_col * width_col,
                "image": address_of(node.input.name),
                "height": height,
                "width": width,
                "ksize": self.size,
                "pad": self.padding,
                "stride": self.stride,
                "height_col": height_col,
                "width_col": width_col,
                "columns": address_of(WORKSPACE),
            },
        )
