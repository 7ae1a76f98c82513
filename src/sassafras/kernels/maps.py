"""Maps as kernels see them that read whole maps and write whole maps, and how pieces go through such a
kernel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Carry, Golden, Pieces, covers, one_by_one
from sassafras.kernels.pieces import Box, Map, Patch, Shape
from sassafras.kernels.windows import crop

Placed = tuple[int, Shape | None]
"""Device address, and the shape in which a kernel sees what lies there; None: that of the buffer."""


@dataclass(frozen=True)
class Operand:
    """What a launch reads: the golden map, (channels, height, width), and what differs of it, if anything."""

    golden: Map
    piece: Patch | None

    @property
    def box(self) -> Box | None:
        """Where it differs."""
        return None if self.piece is None else self.piece.box

    def within(self, box: Box) -> Map:
        """The faulty values of a rectangle, neighbours side by side. Read it only."""
        piece = self.piece
        if piece is None:
            return np.ascontiguousarray(self.golden[box.place])
        if piece.box == box:
            return np.ascontiguousarray(piece.values)
        return crop(self.golden, piece, (box.top, box.bottom), (box.left, box.right), 0.0)

    def whole(self) -> Map:
        """All faulty values. Read it only."""
        return self.golden if self.piece is None else self.piece.over(self.golden)


Found = (
    tuple[int, int, Map] | None
)  #: top and left of the values of the result that may differ; None: nothing
Through = Callable[[Arguments, Sequence[Operand], Shape], Found]


def carry_maps(
    reads: Callable[[Arguments, Shape], Sequence[Placed]],
    writes: Callable[[Arguments, Shape], tuple[int, Shape]],
    through: Through,
    output: str = "output",
) -> Carry:
    """The carry of a kernel that makes one whole map of whole maps (or of constants).

    ``reads``, ``writes``: from the arguments and the shape of the buffer that is written, to which parameter
    ``output`` points. ``through``: arguments, operands in the order of ``reads``, one of them faulty or more,
    and the shape of what is made -> the part of it that may differ, over all channels.
    """

    def carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
        own = golden.shape(int(arguments[output]))
        if own is None:
            return None
        target, shape = writes(arguments, own)
        if not covers(golden, target, math.prod(shape)):
            return None
        operands = [_operand(golden, pieces, placed) for placed in reads(arguments, own)]
        known = [operand for operand in operands if operand is not None]
        if len(known) < len(operands):
            return None
        faulty = any(operand.piece is not None for operand in known)
        found = through(arguments, known, shape) if faulty else None
        if found is None:  # what the launch overwrites was faulty, or nothing of it is read
            return Carried({})
        patch = Patch(target, *found)
        if own != shape:
            whole = patch.over(golden.map_after(target).reshape(shape))
            patch = Patch(target, 0, 0, whole.reshape(own))
        return Carried({target: patch})

    return one_by_one(carry)


def _operand(golden: Golden, pieces: Pieces, placed: Placed) -> Operand | None:
    """None for a buffer that only the twin can read: pieces of something else, or of another size."""
    address, shape = placed
    own, piece = golden.shape(address), pieces.get(address)
    shape = own if shape is None else shape
    if shape is None:
        return None
    count = math.prod(shape)
    if piece is None and (own is None or not covers(golden, address, count)):
        return Operand(golden.floats(address, count).reshape(shape), None)
    if own is None or not covers(golden, address, count):
        return None
    values = golden.map(address)
    if piece is None:
        return Operand(values.reshape(shape), None)
    if not isinstance(piece, Patch):
        return None
    if own != shape:
        piece = Patch(address, 0, 0, piece.over(values).reshape(shape))
    return Operand(values.reshape(shape), piece)


def same_count(shape: Shape, count: int) -> Shape:
    """The shape of a buffer, for a kernel that sees so many values in a row; else a column of them."""
    return shape if math.prod(shape) == count else (count, 1, 1)
