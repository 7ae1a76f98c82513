"""Pooling under windows that are any rectangle, padded and spread as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape

Pair = tuple[int, int]  #: of rows, of columns


class Pooling(Enum):
    """What is made of a window; the value is the kernel that does it."""

    MAX = "window_max"  #: the largest value; a NaN is kept (unlike `Maxpool`, which is Darknet's)
    MEAN = "window_mean"


@dataclass(frozen=True)
class Windowed(Layer):
    """``pooling`` of every window of ``size``.

    ``padding``: before rows and columns, then behind them. ``ceil_mode``: the number of windows is rounded
    up; a last one that would begin behind the map and the padding before it is left out (as PyTorch and ONNX
    do). ``count_padding``: a mean divides by the positions that lie in the padding too.
    """

    pooling: Pooling
    size: Pair
    stride: Pair
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilation: Pair = (1, 1)
    ceil_mode: bool = False
    count_padding: bool = False

    kind: ClassVar[str] = "windowed"

    def check(self, inputs: Inputs) -> None:
        """Every window meets the map. Raises MisfitError."""
        if min(*self.size, *self.stride, *self.dilation) < 1 or min(self.padding) < 0:
            raise MisfitError(
                "size, stride and dilation of a window are positive, padding is not negative", "size"
            )
        for axis in range(2):
            extent, span = inputs[0].image[1 + axis], self._span(axis)
            if self._windows(inputs, axis) < 1:
                raise MisfitError(
                    f"a window that spans {span} and a padding of {self.padding} do not fit an extent of "
                    f"{extent}",
                    "size",
                )
            last = (self._windows(inputs, axis) - 1) * self.stride[axis] - self.padding[axis]
            if self.padding[axis] >= span or last >= extent:
                raise MisfitError(f"some windows would lie in the padding of {self.padding} alone", "padding")

    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels as before, windows along both axes."""
        return inputs[0].image[0], self._windows(inputs, 0), self._windows(inputs, 1)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per window."""
        arguments: dict[str, int | float] = {
            "n": node.outputs,
            "input": address_of(node.input.name),
            "output": address_of(node.output_name),
        }
        for axis, name in enumerate("hw"):
            extent, before = node.input.image[1 + axis], self.padding[axis]
            arguments |= {
                f"in_{name}": extent,
                f"out_{name}": node.output_shape[1 + axis],
                f"size_{name}": self.size[axis],
                f"stride_{name}": self.stride[axis],
                f"dilation_{name}": self.dilation[axis],
                f"before_{name}": before,
            }
            if self.pooling is Pooling.MEAN:
                behind = self.padding[2 + axis] if self.count_padding else 0
                low = -before if self.count_padding else 0
                arguments |= {f"low_{name}": low, f"end_{name}": extent + behind}
        yield KernelCall(self.pooling.value, arguments)

    def _span(self, axis: int) -> int:
        return self.dilation[axis] * (self.size[axis] - 1) + 1

    def _windows(self, inputs: Inputs, axis: int) -> int:
        extent, before, behind = inputs[0].image[1 + axis], self.padding[axis], self.padding[2 + axis]
        free, stride = extent + before + behind - self._span(axis), self.stride[axis]
        if not self.ceil_mode:
            return free // stride + 1
        count = -(-free // stride) + 1
        return count - 1 if (count - 1) * stride >= extent + before else count
