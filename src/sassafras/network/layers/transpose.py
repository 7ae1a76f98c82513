"""Axes in another order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import (
    WORKSPACE,
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    MisfitError,
    Node,
)
from sassafras.network.layers.slice import strided_copy
from sassafras.network.tensor import Shape, Tensor

_Axes = tuple[tuple[int, int], ...]  #: number and extent of each, as they lie in memory


@dataclass(frozen=True)
class Transpose(Layer):
    """Its input as an array of shape ``view``, the axes in ``order``, as a map of ``shape``.

    A map's own axes: ``Transpose((c, h, w), (1, 2, 0), (h, w, c))``. A shuffle of channels in g groups:
    ``Transpose((g, c // g, h * w), (1, 0, 2), (c, h, w))``. Depth to space with blocks of b (DCR):
    ``Transpose((b, b, c // b**2, h, w), (2, 3, 0, 4, 1), (c // b**2, h * b, w * b))``.
    """

    view: tuple[int, ...]
    order: tuple[int, ...]
    shape: Shape

    kind: ClassVar[str] = "transpose"

    def check(self, inputs: Inputs) -> None:
        """The shapes have as many values, the order names every axis. Raises MisfitError."""
        count = inputs[0].per_image
        if count != math.prod(self.view) or count != math.prod(self.shape):
            raise MisfitError(f"{self.view} and {self.shape} must have {count} values", "view")
        if sorted(self.order) != list(range(len(self.view))):
            raise MisfitError(f"{self.order} does not name each of {len(self.view)} axes", "order")

    def output_shape(self, inputs: Inputs) -> Shape:
        """``shape``."""
        return self.shape

    def workspace(self, node: Node) -> Tensor | None:
        """As much as the map, where one launch does not do it."""
        several = len(self._moves()) > 1
        return Tensor(WORKSPACE, node.output.shape, node.output.dtype) if several else None

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch for up to three axes that move; else one for each block that moves behind all others."""
        moves, source = self._moves(), address_of(node.input.name)
        for left, (axes, order) in enumerate(moves, 1 - len(moves)):
            target = address_of(WORKSPACE if left % 2 else node.output_name)
            yield _move(axes, order, source, target)
            source = target

    def _moves(self) -> list[tuple[_Axes, tuple[int, ...]]]:
        """Of every launch: the axes as they lie before, and their order behind it."""
        axes, order = _merged(self.view, self.order)
        if len(axes) <= 3:
            return [(axes, order)]
        moves = []
        kept = _kept(order)
        for number in order[kept:]:
            numbers = [axis for axis, _ in axes if axis != number]
            moves.append((axes, (*numbers, number)))
            extents = dict(axes)
            axes = tuple((axis, extents[axis]) for axis in (*numbers, number))
        return moves


def _merged(view: Sequence[int], order: Sequence[int]) -> tuple[_Axes, tuple[int, ...]]:
    """Without axes of one value, and those that stay neighbours as one."""
    left = [axis for axis in order if view[axis] > 1]
    present = sorted(left)
    groups: list[list[int]] = []
    for axis in left:
        follows = groups and present.index(axis) == present.index(groups[-1][-1]) + 1
        if follows:
            groups[-1].append(axis)
        else:
            groups.append([axis])
    axes = tuple((group[0], math.prod(view[axis] for axis in group)) for group in sorted(groups))
    return axes, tuple(group[0] for group in groups)


def _kept(order: Sequence[int]) -> int:
    """How many axes at the beginning of the order may stay where they are: they are in order already."""
    count = 1
    while count < len(order) and order[count] > order[count - 1]:
        count += 1
    return count


def _move(axes: _Axes, order: Sequence[int], source: int, target: int) -> KernelCall:
    """One launch. Three axes at most are apart from each other in either order."""
    places = {axis: place for place, (axis, _) in enumerate(axes)}
    merged, new = _merged([extent for _, extent in axes], [places[axis] for axis in order])
    steps, step = {}, 1
    for place, extent in reversed(merged):
        steps[place] = step
        step *= extent
    sizes, missing = dict(merged), 3 - len(new)
    shape = (*(1,) * missing, *(sizes[place] for place in new))
    every = (*(0,) * missing, *(steps[place] for place in new))
    return strided_copy((shape[0], shape[1], shape[2]), 0, every, source, target)
