"""Softmax along one axis of a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class SoftmaxAlong(Layer):
    """A distribution along ``axis``, 0 (channels), 1 (rows) or 2 (columns), for each place on the others. The
    shape stays, unlike that of `Softmax`, which is Darknet's.
    """

    axis: int

    kind: ClassVar[str] = "softmax_along"
    gives_probabilities: ClassVar[bool] = True

    def check(self, inputs: Inputs) -> None:
        """There is such an axis. Raises MisfitError."""
        if self.axis not in range(3):
            raise MisfitError(f"an axis of a map is 0, 1 or 2, not {self.axis}", "axis")

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the input."""
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per distribution; the kernel's images are what lies outside the axis, its
        groups what lies within it.
        """
        channels, height, width = node.input.image
        outer, size, inner = (
            (1, channels, height * width),
            (channels, height, width),
            (channels * height, width, 1),
        )[self.axis]
        yield KernelCall(
            "softmax",
            {
                "input": address_of(node.input.name),
                "n": size,
                "batch": outer,
                "batch_offset": size * inner,
                "groups": inner,
                "group_offset": 1,
                "stride": inner,
                "temp": 1.0,
                "output": address_of(node.output_name),
            },
        )
