"""Maximum pooling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.network.layers.layer import (
    BATCH,
    BYTES,
    AddressOf,
    KernelCall,
    Known,
    Layer,
    Shape,
    check_window,
)
from sassafras.network.sections import Section

_UNSUPPORTED = {"maxpool_depth": 0, "antialiasing": 0, "stride_x": None, "stride_y": None}


@dataclass(frozen=True)
class Maxpool(Layer):
    """The largest value under a square window. ``padding`` counts both sides together: half of it, rounded
    down, lies before.
    """

    size: int
    stride: int
    padding: int

    kinds: ClassVar[tuple[str, ...]] = ("maxpool", "max")

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_maxpool``: the size defaults to the stride, the padding to size - 1."""
        section.check_keys(("size", "stride", "padding"), _UNSUPPORTED)
        stride = section.integer("stride", 1, minimum=1)
        size = section.integer("size", stride, minimum=1)
        padding = section.integer("padding", size - 1, minimum=0)
        check_window(section, known[-1].shape, size, padding)
        return cls(index, (known[-1],), size, stride, padding).fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return ("size", str(self.size)), ("stride", str(self.stride)), ("padding", str(self.padding))

    @property
    def output_shape(self) -> Shape:
        """Channels as before; (extent + padding - size) // stride + 1."""
        channels, height, width = self.input_shape
        reach = self.padding - self.size
        return channels, (height + reach) // self.stride + 1, (width + reach) // self.stride + 1

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Indexes (int32: where each maximum was found), output."""
        return (self.named("indexes"), self.outputs * BYTES), (self.named("output"), self.outputs * BYTES)

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_maxpool_layer_gpu``."""
        channels, height, width = self.input_shape
        yield KernelCall(
            "forward_maxpool",
            {
                "n": self.outputs * BATCH,
                "in_h": height,
                "in_w": width,
                "in_c": channels,
                "stride": self.stride,
                "size": self.size,
                "pad": self.padding,
                "input": address_of(self.input_name),
                "output": address_of(self.output_name),
                "indexes": address_of(self.named("indexes")),
            },
        )
