"""A map of another size: nearest values, or values between four."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import lcm
from typing import ClassVar

from sassafras.network.layers.layer import (
    LARGEST_INDEX,
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    MisfitError,
    Node,
)
from sassafras.network.tensor import Shape


class Coordinates(Enum):
    """Where an output lies in the input (ONNX's ``coordinate_transformation_mode``)."""

    HALF_PIXEL = "half_pixel"  #: (x + 1/2) / scale - 1/2
    PYTORCH_HALF_PIXEL = "pytorch_half_pixel"  #: the same; 0 where there is one output
    ASYMMETRIC = "asymmetric"  #: x / scale
    ALIGN_CORNERS = "align_corners"  #: x (inputs - 1) / (outputs - 1)


class Nearest(Enum):
    """Which value is taken between two (ONNX's ``nearest_mode``)."""

    ROUND_PREFER_FLOOR = "round_prefer_floor"
    ROUND_PREFER_CEIL = "round_prefer_ceil"
    FLOOR = "floor"
    CEIL = "ceil"


@dataclass(frozen=True)
class Resize(Layer):
    """A map of ``height`` x ``width``. ``nearest``: None for values between four (bilinear). ``scales``: of
    rows and columns, where they are not outputs / inputs exactly.
    """

    height: int
    width: int
    coordinates: Coordinates = Coordinates.HALF_PIXEL
    nearest: Nearest | None = Nearest.ROUND_PREFER_FLOOR
    scales: tuple[float, float] | None = None

    kind: ClassVar[str] = "resize"

    def check(self, inputs: Inputs) -> None:
        """There is a size, and the kernels' integers reach it. Raises MisfitError."""
        if self.height < 1 or self.width < 1 or (self.scales and not min(self.scales) > 0):
            raise MisfitError("height, width and scales are positive", "height")
        if self.nearest is not None:
            for axis, extent in enumerate((self.height, self.width)):
                times, plus, by = self._integers(inputs, axis)
                if max(times * extent + abs(plus), by) > LARGEST_INDEX:
                    raise MisfitError(f"scales of {self.scales} are no small fractions", "scales")

    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels as before."""
        return inputs[0].image[0], self.height, self.width

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per value."""
        arguments: dict[str, int | float] = {
            "n": node.outputs,
            "in_h": node.input.image[1],
            "in_w": node.input.image[2],
            "height": self.height,
            "width": self.width,
            "input": address_of(node.input.name),
            "output": address_of(node.output_name),
        }
        for axis, name in enumerate("hw"):
            if self.nearest is None:
                slope, shift = self._line(node.inputs, axis)
                arguments |= {f"scale_{name}": float(slope), f"shift_{name}": float(shift)}
            else:
                numbers = zip(("times", "plus", "by"), self._integers(node.inputs, axis), strict=True)
                arguments |= {f"{each}_{name}": number for each, number in numbers}
        yield KernelCall("resize_bilinear" if self.nearest is None else "resize_nearest", arguments)

    def _line(self, inputs: Inputs, axis: int) -> tuple[Fraction, Fraction]:
        """The place of output x in the input: the first times x, plus the second."""
        before, after = inputs[0].image[1 + axis], (self.height, self.width)[axis]
        scale = Fraction(after, before)
        if self.scales is not None:
            scale = Fraction(self.scales[axis]).limit_denominator(1 << 12)
        if self.coordinates is Coordinates.ASYMMETRIC:
            return 1 / scale, Fraction(0)
        if self.coordinates is Coordinates.ALIGN_CORNERS:
            return (Fraction(before - 1, after - 1) if after > 1 else Fraction(0)), Fraction(0)
        if self.coordinates is Coordinates.PYTORCH_HALF_PIXEL and after == 1:
            return Fraction(0), Fraction(0)
        return 1 / scale, (1 / scale - 1) / 2

    def _integers(self, inputs: Inputs, axis: int) -> tuple[int, int, int]:
        """``times``, ``plus`` and ``by``: the input of output x is (times x + plus) / by, rounded down."""
        slope, shift = self._line(inputs, axis)
        half = Fraction(1, 2)
        if self.nearest is Nearest.ROUND_PREFER_CEIL:
            shift += half
        if self.nearest is Nearest.ROUND_PREFER_FLOOR:
            shift -= half
        by = lcm(slope.denominator, shift.denominator)
        up = by - 1 if self.nearest in (Nearest.CEIL, Nearest.ROUND_PREFER_FLOOR) else 0
        return int(slope * by), int(shift * by) + up, by
