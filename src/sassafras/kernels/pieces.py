"""What differs of one buffer: a piece of a feature map, or of an unfolded image.

Everything outside a piece is golden. Pieces are rectangles over all channels; a vector is a map of one pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.changed_box import changed_box

Map = NDArray[np.float32]
Shape = tuple[int, int, int]  #: channels, height, width


class Box(NamedTuple):
    """A rectangle of pixels, half-open."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def place(self) -> tuple[slice, slice, slice]:
        """Its values in a map, over all channels."""
        return slice(None), slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def pixels(self) -> int:
        """How many."""
        return (self.bottom - self.top) * (self.right - self.left)


@dataclass(frozen=True)
class Patch:
    """``values`` float32 (channels, h, w) at (``top``, ``left``) of the map at device address ``buffer``."""

    buffer: int
    top: int
    left: int
    values: Map

    @property
    def box(self) -> Box:
        """Where it lies."""
        return _box(self)

    def over(self, golden: Map) -> Map:
        """The whole map, (channels, height, width): golden with the patch in it. A copy."""
        whole = golden.copy()
        whole[self.box.place] = self.values
        return whole


@dataclass(frozen=True)
class Columns:
    """Faulty columns of an unfolded image: those of the output pixels from (``top``, ``left``) on.

    ``values``: float32 (..., height, width); the leading axes together are the rows of the unfolded image. It
    may be a view with overlapping windows: read it only.
    """

    buffer: int
    top: int
    left: int
    values: Map

    @property
    def box(self) -> Box:
        """Where it lies in the output map."""
        return _box(self)


Piece = Patch | Columns


def _box(piece: Piece) -> Box:
    height, width = piece.values.shape[-2:]
    return Box(piece.top, piece.top + height, piece.left, piece.left + width)


def around(*pieces: Piece | None) -> Box:
    """The smallest box around pieces of maps of one height and width; there is one."""
    boxes = [piece.box for piece in pieces if piece is not None]
    return Box(
        min(box.top for box in boxes),
        max(box.bottom for box in boxes),
        min(box.left for box in boxes),
        max(box.right for box in boxes),
    )


def put_over(golden: Map, piece: Piece | None, box: Box) -> Map:
    """What a faulty map, (channels, height, width), holds in a box that covers its piece. Read it only: it
    may be a view of the golden map or of the piece, whose leading axes it then has.
    """
    if piece is None:
        return golden[box.place]
    if piece.box == box:
        return piece.values
    values = golden[box.place].copy()
    own = piece.box
    inner = Box(own.top - box.top, own.bottom - box.top, own.left - box.left, own.right - box.left)
    values[inner.place] = piece.values.reshape(len(values), *piece.values.shape[-2:])
    return values


def shrink(patch: Patch, golden: Map) -> tuple[Patch | None, int]:
    """The smallest patch around what really differs from the golden map, None if nothing does; and how many
    values differ.
    """
    count, top, bottom, left, right = changed_box(patch.values, golden[patch.box.place])
    if count == 0:
        return None, 0
    if (bottom - top, right - left) == patch.values.shape[1:]:
        return patch, count
    values = np.ascontiguousarray(patch.values[:, top:bottom, left:right])
    return Patch(patch.buffer, patch.top + top, patch.left + left, values), count
