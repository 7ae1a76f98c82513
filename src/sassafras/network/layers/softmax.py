"""Softmax: values to probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape

_SMALLEST, _LARGEST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Softmax(Layer):
    """Softmax over each of ``groups`` equal parts of the input, after division by ``temperature``."""

    groups: int
    temperature: float

    kind: ClassVar[str] = "softmax"
    gives_probabilities: ClassVar[bool] = True

    def check(self, inputs: Inputs) -> None:
        """Division is possible. Raises MisfitError."""
        if not _SMALLEST <= self.temperature <= _LARGEST:
            raise MisfitError(
                f"temperature={self.temperature:g} must be a positive binary32 number", "temperature"
            )
        if inputs[0].per_image % self.groups:
            raise MisfitError(
                f"groups={self.groups} does not divide the {inputs[0].per_image} inputs", "groups"
            )

    def output_shape(self, inputs: Inputs) -> Shape:
        """(inputs, 1, 1)."""
        return inputs[0].per_image, 1, 1

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_softmax_layer_gpu``."""
        size = node.outputs // self.groups
        yield KernelCall(
            "softmax",
            {
                "input": address_of(node.input.name),
                "n": size,
                "batch": node.input.batch,
                "batch_offset": node.outputs,
                "groups": self.groups,
                "group_offset": size,
                "stride": 1,
                "temp": self.temperature,
                "output": address_of(node.output_name),
            },
        )
