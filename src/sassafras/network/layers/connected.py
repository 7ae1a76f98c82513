"""Fully connected layer: clear, multiply, add biases (or normalize), activate."""

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
    clear,
    parameters_and_output,
)
from sassafras.network.layers.mapped import AnyActivation
from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Connected(Layer):
    """``output`` weighted sums of all inputs. ``batch_normalize``: 1 or 0."""

    output: int
    activation: AnyActivation
    batch_normalize: int = 0

    kind: ClassVar[str] = "connected"

    def output_shape(self, inputs: Inputs) -> Shape:
        """(output, 1, 1)."""
        return self.output, 1, 1

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """Biases (outputs,), then weights (outputs, inputs); with batch normalisation scales, means and
        variances behind them, of the biases' shape.
        """
        shapes = {"biases": (self.output,), "weights": (self.output, inputs[0].per_image)}
        return shapes | with_statistics(self.output) if self.batch_normalize else shapes

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Weights, biases, output, then the statistics."""
        return parameters_and_output(node)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_connected_layer_gpu``: each image is a row of A, the weights are B
        transposed.
        """
        yield clear(node, address_of)
        read = node.input
        yield KernelCall(
            "gemm",
            {
                "transpose_b": 1,
                "m": read.batch,
                "n": self.output,
                "k": read.per_image,
                "a": address_of(read.name),
                "lda": read.per_image,
                "b": address_of(node.named("weights")),
                "ldb": read.per_image,
                "c": address_of(node.output_name),
                "ldc": self.output,
            },
        )
        normalized = bool(self.batch_normalize)
        yield from finish(node, self.activation, self.output, address_of, normalized=normalized)
