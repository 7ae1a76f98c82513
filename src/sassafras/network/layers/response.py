"""Local response normalisation: values divided by what their neighbours along the channels amount to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class ResponseNorm(Layer):
    """x / (bias + alpha / size * s) ^ beta, where s is the sum of the squares of ``size`` neighbouring
    channels: (size - 1) / 2 before, rounded down, and the rest behind (as ONNX has it).
    """

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    bias: float = 1.0

    kind: ClassVar[str] = "response_norm"

    def check(self, inputs: Inputs) -> None:
        """The base of the power is positive. Raises MisfitError."""
        if self.size < 1 or self.alpha < 0 or self.bias <= 0:
            raise MisfitError(
                f"size {self.size} and bias {self.bias:g} must be positive, alpha {self.alpha:g} not "
                "negative",
                "size",
            )

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the input."""
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per value."""
        channels, height, width = node.input.image
        before = (self.size - 1) // 2
        yield KernelCall(
            "response_norm",
            {
                "n": node.outputs,
                "channels": channels,
                "pixels": height * width,
                "before": before,
                "after": self.size - 1 - before,
                "input": address_of(node.input.name),
                "bias": self.bias,
                "scale": self.alpha / self.size,
                "exponent": -self.beta,
                "output": address_of(node.output_name),
            },
        )
