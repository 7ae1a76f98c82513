"""Another shape for the same values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Reshape(Layer):
    """Its input as ``channels``, ``height``, ``width``: the same buffer, and nothing is launched."""

    channels: int
    height: int
    width: int

    kind: ClassVar[str] = "reshape"
    in_place: ClassVar[bool] = True

    def check(self, inputs: Inputs) -> None:
        """As many values as before. Raises MisfitError."""
        shape = self.output_shape(inputs)
        if inputs[0].per_image != math.prod(shape):
            wanted, found = ("x".join(map(str, one)) for one in (shape, inputs[0].image))
            raise MisfitError(f"{found} values are no {wanted}", "inputs")

    def output_shape(self, inputs: Inputs) -> Shape:
        """As it says."""
        return self.channels, self.height, self.width

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """None."""
        return ()

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """None."""
        return iter(())
