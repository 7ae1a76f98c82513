"""A function of two values: of two maps, or of a map and a constant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape, Tensor

CONSTANT = "constant"


class Operation(Enum):
    """What is computed of a and b; the value is the kernel that does it."""

    ADD = "broadcast_add"
    SUB = "broadcast_sub"
    MUL = "broadcast_mul"
    DIV = "broadcast_div"
    PRELU = "broadcast_prelu"  #: b a where a < 0, else a
    POW = "broadcast_pow"  #: a to the b


@dataclass(frozen=True)
class Arithmetic(Layer):
    """``operation`` of two inputs, or of the only one and a parameter of shape ``constant``.

    Shapes are (channels, height, width); an axis of 1 is repeated along the other's. ``constant_first``: the
    constant is a. What needs more than one step between rows and one within them (such as (1, h, 1) beside
    c > 1 and w > 1) is refused.
    """

    operation: Operation
    constant: Shape | None = None
    constant_first: bool = False

    kind: ClassVar[str] = "arithmetic"

    def check(self, inputs: Inputs) -> None:
        """There are two operands, whose shapes fit. Raises MisfitError."""
        shapes = self._shapes(inputs)
        if len(shapes) != 2:
            raise MisfitError(f"an operation of two operands has {len(shapes)}", "inputs")
        self._steps(inputs)

    def output_shape(self, inputs: Inputs) -> Shape:
        """The longer of both along each axis."""
        channels, height, width = map(max, zip(*self._shapes(inputs), strict=True))
        return channels, height, width

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """The constant, if there is one."""
        return {} if self.constant is None else {CONSTANT: self.constant}

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Constant, output."""
        return (*node.parameters, node.output)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per value."""
        names = [tensor.name for tensor in node.inputs]
        if self.constant is not None:
            names.insert(0 if self.constant_first else 1, node.named(CONSTANT))
        size, a, b = self._steps(node.inputs)
        arguments: dict[str, int | float] = {"n": node.outputs, "size": size}
        for operand, name, (outer, inner) in (("a", names[0], a), ("b", names[1], b)):
            steps = {f"{operand}_outer": outer, f"{operand}_inner": inner}
            arguments |= {operand: address_of(name)} | steps
        yield KernelCall(self.operation.value, arguments | {"output": address_of(node.output_name)})

    def _shapes(self, inputs: Inputs) -> list[Shape]:
        shapes = [tensor.image for tensor in inputs]
        if self.constant is not None:
            shapes.insert(0 if self.constant_first else 1, self.constant)
        return shapes

    def _steps(self, inputs: Inputs) -> tuple[int, tuple[int, int], tuple[int, int]]:
        """Length of a row, and of each operand the steps from row to row and within one."""
        one, other = self._shapes(inputs)
        whole = self.output_shape(inputs)
        for split in range(4):
            a, b = (_two_steps(shape, whole, split) for shape in (one, other))
            if a is not None and b is not None:
                return math.prod(whole[split:]), a, b
        texts = " and ".join("x".join(map(str, shape)) for shape in (one, other))
        raise MisfitError(f"operands of {texts} do not fit together", "inputs")


def _two_steps(shape: Shape, whole: Shape, split: int) -> tuple[int, int] | None:
    """The steps of an operand where axes from ``split`` on make a row; None: it takes more than two."""
    inner, outer = (_step(shape, whole, axes) for axes in (range(split, 3), range(split)))
    if inner is None or outer is None:
        return None
    return outer * math.prod(shape[split:]), inner


def _step(shape: Shape, whole: Shape, axes: range) -> int | None:
    """1 where an operand has all of some axes, 0 where it has one value along all of them, None elsewhere."""
    own, full = [shape[axis] for axis in axes], [whole[axis] for axis in axes]
    if own == full:
        return 0 if math.prod(full) == 1 else 1
    return 0 if math.prod(own) == 1 else None
