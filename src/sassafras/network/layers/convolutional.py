"""Convolution: clear, unfold the image, multiply, add biases, activate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.kernels.activation import Activation
from sassafras.network.layers.layer import (
    BYTES,
    NOT_LOADED,
    WORKSPACE,
    AddressOf,
    KernelCall,
    Known,
    Layer,
    Shape,
    check_window,
    clear,
    finish,
    read_activation,
)
from sassafras.network.sections import Section

_UNSUPPORTED = {
    **NOT_LOADED,
    "batch_normalize": 0,
    "groups": 1,
    "flipped": 0,
    "binary": 0,
    "xnor": 0,
    "dilation": 1,
    "antialiasing": 0,
    "stride_x": None,
    "stride_y": None,
}


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

    kinds: ClassVar[tuple[str, ...]] = ("convolutional", "conv")

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_convolutional``: ``pad`` other than 0 means ``size // 2``, else ``padding``
        counts.
        """
        section.check_keys(("filters", "size", "stride", "pad", "padding", "activation"), _UNSUPPORTED)
        size = section.integer("size", 1, minimum=1)
        padding = section.integer("padding", 0, minimum=0)
        if section.integer("pad", 0, minimum=0):
            padding = size // 2
        check_window(section, known[-1].shape, size, 2 * padding)
        return cls(
            index,
            (known[-1],),
            filters=section.integer("filters", 1, minimum=1),
            size=size,
            stride=section.integer("stride", 1, minimum=1),
            padding=padding,
            activation=read_activation(section),
        ).fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return (
            ("filters", str(self.filters)),
            ("size", str(self.size)),
            ("stride", str(self.stride)),
            ("padding", str(self.padding)),
            ("activation", self.activation.name.lower()),
        )

    @property
    def output_shape(self) -> Shape:
        """Filters, height, width."""
        _, height, width = self.input_shape
        reach = 2 * self.padding - self.size
        return self.filters, (height + reach) // self.stride + 1, (width + reach) // self.stride + 1

    @property
    def window(self) -> int:
        """Values under one window, all channels: rows of the unfolded image."""
        return self.input_shape[0] * self.size * self.size

    @property
    def unfolds(self) -> bool:
        """Whether im2col_gpu runs. A 1x1 window at stride 1 without padding *is* the image.

        Darknet asks for the size alone, and so computes something else for 1x1 windows with a stride or
        padding.
        """
        return (self.size, self.stride, self.padding) != (1, 1, 0)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Biases (filters,), then weights (filters, channels, size, size)."""
        weights = (self.filters, self.input_shape[0], self.size, self.size)
        return {self.named("biases"): (self.filters,), self.named("weights"): weights}

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Weights, biases, output."""
        return (
            (self.named("weights"), self.filters * self.window * BYTES),
            (self.named("biases"), self.filters * BYTES),
            (self.named("output"), self.outputs * BYTES),
        )

    @property
    def workspace_bytes(self) -> int:
        """The unfolded image (asked for by 1x1 windows too, as in Darknet)."""
        return self.window * math.prod(self.output_shape[1:]) * BYTES

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_convolutional_layer_gpu`` without cuDNN."""
        yield clear(self, address_of)
        columns = address_of(self.input_name)
        if self.unfolds:
            columns = address_of(WORKSPACE)
            yield self._unfold(address_of)
        pixels = math.prod(self.output_shape[1:])
        yield KernelCall(
            "gemm",
            {
                "transpose_b": 0,
                "m": self.filters,
                "n": pixels,
                "k": self.window,
                "a": address_of(self.named("weights")),
                "lda": self.window,
                "b": columns,
                "ldb": pixels,
                "c": address_of(self.output_name),
                "ldc": pixels,
            },
        )
        yield from finish(self, self.activation, self.filters, address_of)

    def _unfold(self, address_of: AddressOf) -> KernelCall:
        channels, height, width = self.input_shape
        _, height_col, width_col = self.output_shape
        return KernelCall(
            "im2col_gpu",
            {
                "n": channels * height_col * width_col,
                "image": address_of(self.input_name),
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
