"""Batch normalisation at inference: with the mean and variance that training has found, scales and biases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import (
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    Node,
    activate,
    add_biases,
    by_filter,
    copied,
)
from sassafras.network.layers.mapped import AnyActivation
from sassafras.network.tensor import Shape, Tensor

EPSILON = 1e-5  #: Darknet's ``.00001f`` (``normalize_kernel``); ONNX's default
STATISTICS = ("scales", "rolling_mean", "rolling_variance")


def with_statistics(filters: int) -> dict[str, tuple[int, ...]]:
    """Shapes of biases, scales, means and variances, in the order of a weights file."""
    return dict.fromkeys(("biases", *STATISTICS), (filters,))


def normalize(node: Node, filters: int, address_of: AddressOf, epsilon: float) -> Iterator[KernelCall]:
    """Darknet's ``forward_batchnorm_layer_gpu`` at inference, on the result, in place."""
    size, output = by_filter(node, filters), address_of(node.output_name)
    mean, variance = (address_of(node.named(name)) for name in ("rolling_mean", "rolling_variance"))
    statistics = {"x": output, "mean": mean, "variance": variance}
    yield KernelCall("normalize", {**statistics, **size, "epsilon": epsilon})
    yield KernelCall("scale_bias", {"output": output, "scales": address_of(node.named("scales")), **size})
    yield add_biases(node, filters, address_of)


def finish(
    node: Node, activation: AnyActivation, filters: int, address_of: AddressOf, *, normalized: bool
) -> Iterator[KernelCall]:
    """Batch normalisation or biases, and an activation, as after every layer of Darknet's with weights."""
    if normalized:
        yield from normalize(node, filters, address_of, EPSILON)
    else:
        yield add_biases(node, filters, address_of)
    yield activate(node, activation, address_of)


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Every value less its channel's mean, by the root of its variance plus ``epsilon``, times a scale, plus
    a bias.
    """

    epsilon: float = EPSILON

    kind: ClassVar[str] = "batchnorm"

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the input."""
        return inputs[0].image

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """Biases, scales, means, variances, of each channel."""
        return with_statistics(inputs[0].image[0])

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Output, then the parameters."""
        return (node.output, *node.parameters)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """A copy, and what is done to it."""
        yield copied(node, address_of)
        yield from normalize(node, node.output_shape[0], address_of, self.epsilon)
