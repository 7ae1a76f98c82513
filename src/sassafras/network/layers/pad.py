"""A border around a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.layers.slice import Triple
from sassafras.network.tensor import Shape


@dataclass(frozen=True)
class Pad(Layer):
    """``value`` before and behind channels, rows and columns; where ``before`` or ``behind`` is negative, so
    much is cut off. ``spread``: rows and columns are so far apart before that, with ``value`` between them
    (as a transposed convolution wants its input).
    """

    before: Triple
    behind: Triple
    value: float = 0.0
    spread: tuple[int, int] = (1, 1)

    kind: ClassVar[str] = "pad"

    def check(self, inputs: Inputs) -> None:
        """Something is left. Raises MisfitError."""
        shape = self.output_shape(inputs)
        if min(shape) < 1 or min(self.spread) < 1:
            raise MisfitError(f"a map of {'x'.join(map(str, inputs[0].image))} becomes {shape}", "before")

    def output_shape(self, inputs: Inputs) -> Shape:
        """Extents, spread, with what is added."""
        channels, height, width = inputs[0].image
        spread = (channels, (height - 1) * self.spread[0] + 1, (width - 1) * self.spread[1] + 1)
        sums = (a + n + b for a, n, b in zip(self.before, spread, self.behind, strict=True))
        channels, height, width = sums
        return channels, height, width

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per value."""
        _, height, width = node.output_shape
        arguments: dict[str, int | float] = {
            "n": node.outputs,
            "height": height,
            "width": width,
            "spread_h": self.spread[0],
            "spread_w": self.spread[1],
            "input": address_of(node.input.name),
            "fill": self.value,
            "output": address_of(node.output_name),
        }
        for axis, extent, before in zip("chw", node.input.image, self.before, strict=True):
            arguments |= {f"in_{axis}": extent, f"before_{axis}": before}
        yield KernelCall("copy_padded", arguments)
