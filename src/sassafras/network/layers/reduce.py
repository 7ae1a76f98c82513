"""Sums, means and extremes along whole axes; global pooling is one over rows and columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape


class Reduction(Enum):
    """What is made of the values."""

    SUM = "sum"
    MEAN = "mean"
    MAX = "max"  #: a NaN is kept
    MIN = "min"  #: a NaN is kept


@dataclass(frozen=True)
class Reduce(Layer):
    """``reduction`` along ``axes``, each of 0 (channels), 1 (rows), 2 (columns); they stay with extent 1."""

    reduction: Reduction
    axes: tuple[int, ...]

    kind: ClassVar[str] = "reduce"

    def check(self, inputs: Inputs) -> None:
        """There are axes, in order. Raises MisfitError."""
        if not self.axes or list(self.axes) != sorted(set(self.axes) & {0, 1, 2}):
            raise MisfitError(f"axes of a map are some of 0, 1, 2 in this order, not {self.axes}", "axes")

    def output_shape(self, inputs: Inputs) -> Shape:
        """1 along the axes, as before along the others."""
        channels, height, width = (
            1 if axis in self.axes else extent for axis, extent in enumerate(inputs[0].image)
        )
        return channels, height, width

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per result."""
        shape = node.input.image
        sizes = [extent if axis in self.axes else 1 for axis, extent in enumerate(shape)]
        arguments: dict[str, int | float] = {
            "n": node.outputs,
            "height": shape[1],
            "width": shape[2],
            **dict(zip(("size_c", "size_h", "size_w"), sizes, strict=True)),
            "input": address_of(node.input.name),
            "output": address_of(node.output_name),
        }
        if self.reduction in (Reduction.SUM, Reduction.MEAN):
            divisor = math.prod(sizes) if self.reduction is Reduction.MEAN else 1
            yield KernelCall("reduce_sum", arguments | {"divisor": float(divisor)})
        else:
            yield KernelCall(f"reduce_{self.reduction.value}", arguments)
