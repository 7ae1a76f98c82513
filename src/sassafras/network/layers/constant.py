"""A map that is the same for every image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node
from sassafras.network.tensor import Shape, Tensor

OUTPUT = "output"


@dataclass(frozen=True)
class Constant(Layer):
    """A parameter as a map of ``channels``, ``height``, ``width``: nothing is launched, and what it reads is
    not looked at.
    """

    channels: int
    height: int
    width: int

    kind: ClassVar[str] = "constant"

    def output_shape(self, inputs: Inputs) -> Shape:
        """As it says."""
        return self.channels, self.height, self.width

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """The map itself."""
        return {OUTPUT: (1, *self.output_shape(inputs))}

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """The map."""
        return (node.output,)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """None."""
        return iter(())
