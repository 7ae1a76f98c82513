"""Part of a map, or a map that is repeated: values at regular steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape

Triple = tuple[int, int, int]  #: of channels, rows, columns


@dataclass(frozen=True)
class Slice(Layer):
    """``size`` values along each axis from ``start`` on, every ``step``-th: backwards where that is negative,
    the same again where it is 0.
    """

    start: Triple
    size: Triple
    step: Triple = (1, 1, 1)

    kind: ClassVar[str] = "slice"

    def check(self, inputs: Inputs) -> None:
        """All of it lies in the map. Raises MisfitError."""
        for axis, extent in enumerate(inputs[0].image):
            first = self.start[axis]
            last = first + self.step[axis] * (self.size[axis] - 1)
            if self.size[axis] < 1 or not (0 <= first < extent and 0 <= last < extent):
                raise MisfitError(
                    f"{self.size[axis]} values from {first} on, every {self.step[axis]}, are not all within "
                    f"{extent} (axis {axis})",
                    "size",
                )

    def output_shape(self, inputs: Inputs) -> Shape:
        """``size``."""
        return self.size

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per value."""
        _, height, width = node.input.image
        every = (height * width, width, 1)
        offset = sum(first * one for first, one in zip(self.start, every, strict=True))
        steps = tuple(step * one for step, one in zip(self.step, every, strict=True))
        addresses = address_of(node.input.name), address_of(node.output_name)
        yield strided_copy(node.output_shape, offset, steps, *addresses)


def strided_copy(shape: Shape, offset: int, steps: tuple[int, ...], source: int, target: int) -> KernelCall:
    """A copy of values ``steps`` apart, in elements, into a map of ``shape``."""
    channels, height, width = shape
    return KernelCall(
        "copy_strided",
        {
            "n": channels * height * width,
            "height": height,
            "width": width,
            "offset": offset,
            **dict(zip(("step_c", "step_h", "step_w"), steps, strict=True)),
            "input": source,
            "output": target,
        },
    )
