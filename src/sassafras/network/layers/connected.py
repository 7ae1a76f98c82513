"""Fully connected layer: clear, multiply, add biases, activate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.kernels.activation import Activation
from sassafras.network.layers.layer import (
    BATCH,
    BYTES,
    NOT_LOADED,
    AddressOf,
    KernelCall,
    Known,
    Layer,
    Shape,
    clear,
    finish,
    read_activation,
)
from sassafras.network.sections import Section

_UNSUPPORTED = {**NOT_LOADED, "batch_normalize": 0}


@dataclass(frozen=True)
class Connected(Layer):
    """``output`` weighted sums of all inputs."""

    output: int
    activation: Activation

    kinds: ClassVar[tuple[str, ...]] = ("connected", "conn")

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_connected``."""
        section.check_keys(("output", "activation"), _UNSUPPORTED)
        output = section.integer("output", 1, minimum=1)
        return cls(index, (known[-1],), output, read_activation(section)).fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return ("output", str(self.output)), ("activation", self.activation.name.lower())

    @property
    def output_shape(self) -> Shape:
        """(output, 1, 1)."""
        return self.output, 1, 1

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Biases (outputs,), then weights (outputs, inputs)."""
        return {self.named("biases"): (self.outputs,), self.named("weights"): (self.outputs, self.inputs)}

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Weights, biases, output."""
        return (
            (self.named("weights"), self.outputs * self.inputs * BYTES),
            (self.named("biases"), self.outputs * BYTES),
            (self.named("output"), self.outputs * BYTES),
        )

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_connected_layer_gpu``: the image is the single row of A, the weights are B
        transposed.
        """
        yield clear(self, address_of)
        yield KernelCall(
            "gemm",
            {
                "transpose_b": 1,
                "m": BATCH,
                "n": self.outputs,
                "k": self.inputs,
                "a": address_of(self.input_name),
                "lda": self.inputs,
                "b": address_of(self.named("weights")),
                "ldb": self.inputs,
                "c": address_of(self.output_name),
                "ldc": self.outputs,
            },
        )
        yield from finish(self, self.activation, self.outputs, address_of)
