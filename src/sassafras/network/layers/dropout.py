"""Dropout: nothing at inference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Dropout(Layer):
    """Passes its input on: as in Darknet its output *is* the buffer of the layer before. It owns no memory
    and launches nothing.
    """

    probability: float

    kind: ClassVar[str] = "dropout"
    in_place: ClassVar[bool] = True

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the input."""
        return inputs[0].image

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """None."""
        return ()

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """None at inference."""
        return iter(())
