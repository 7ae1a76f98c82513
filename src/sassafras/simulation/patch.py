"""A faulty piece of a feature map, and what the kernels make of it.
 Everything outside the piece is golden. Pieces are rectangles over all channels; a vector is a map of one
pixel. All functions compute the same bits as the kernels would on the whole map, because every output value
of a kernel depends on its own inputs alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.changed_box import changed_box
from sassafras.kernels.elementwise import native
from sassafras.kernels.maxpool_ir import Start

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Patch:
    """``values`` float32 (channels, h, w) at (``top``, ``left``) of the map at device address ``buffer``."""

    buffer: int
    top: int
    left: int
    values: Map

    @property
    def rows(self) -> slice:
        """Rows of the map."""
        return slice(self.top, self.top + self.values.shape[1])

    @property
    def columns(self) -> slice:
        """Columns of the map."""
        return slice(self.left, self.left + self.values.shape[2])

    def over(self, golden: Map) -> Map:
        """The whole map, (channels, height, width): golden with the patch in it. A copy."""
        whole = golden.copy()
        whole[:, self.rows, self.columns] = self.values
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
    def rows(self) -> slice:
        """Rows of the output map."""
        return slice(self.top, self.top + self.values.shape[-2])

    @property
    def columns(self) -> slice:
        """Columns of the output map."""
        return slice(self.left, self.left + self.values.shape[-1])


def shrink(patch: Patch, golden: Map) -> tuple[Patch | None, int]:
    """The smallest patch around what really differs from the golden map, None if nothing does; and how many
    values differ.
    """
    count, top, bottom, left, right = changed_box(patch.values, golden[:, patch.rows, patch.columns])
    if count == 0:
        return None, 0
    if (bottom - top, right - left) == patch.values.shape[1:]:
        return patch, count
    values = np.ascontiguousarray(patch.values[:, top:bottom, left:right])
    return Patch(patch.buffer, patch.top + top, patch.left + left, values), count


@dataclass(frozen=True)
class Window:
    """A sliding window along one axis: ``size`` inputs from ``start + stride * position`` on, for ``count``
    positions.
    """

    size: int
    stride: int
    start: int
    count: int

    def touching(self, first: int, end: int) -> tuple[int, int]:
        """Positions (half-open) whose window meets the inputs [first, end)."""
        low = -((self.start + self.size - 1 - first) // self.stride)
        high = (end - 1 - self.start) // self.stride + 1
        return max(low, 0), min(high, self.count)

    def inputs(self, low: int, high: int) -> tuple[int, int]:
        """Inputs (half-open, perhaps outside the map) of the positions [low, high)."""
        return self.start + low * self.stride, self.start + (high - 1) * self.stride + self.size


def crop(golden: Map, patch: Patch, rows: tuple[int, int], columns: tuple[int, int], fill: float) -> Map:
    """The rectangle rows x columns (half-open) of the patched map; ``fill`` where it leaves the map."""
    channels, height, width = golden.shape
    result = np.full((channels, rows[1] - rows[0], columns[1] - columns[0]), fill, np.float32)
    for source, top, left in ((golden, 0, 0), (patch.values, patch.top, patch.left)):
        _, h, w = source.shape
        a, b = max(rows[0], top), min(rows[1], top + h, height)
        c, d = max(columns[0], left), min(columns[1], left + w, width)
        if a < b and c < d:
            result[:, a - rows[0] : b - rows[0], c - columns[0] : d - columns[0]] = source[
                :, a - top : b - top, c - left : d - left
            ]
    return result


def crop_held(golden: Map, patch: Patch, rows: tuple[int, int], columns: tuple[int, int]) -> Map:
    """The rectangle rows x columns (half-open) of the patched map; where it leaves the map, the nearest value
    that is in it. Both ranges meet the map.
    """
    _, height, width = golden.shape
    down, across = ((max(a, 0), min(b, end)) for (a, b), end in ((rows, height), (columns, width)))
    piece = crop(golden, patch, down, across, 0.0)
    above, before = down[0] - rows[0], across[0] - columns[0]
    below, behind = rows[1] - down[1], columns[1] - across[1]
    if not (above or below or before or behind):
        return piece
    return np.pad(piece, ((0, 0), (above, below), (before, behind)), mode="edge")


def unfold(golden: Map, patch: Patch, down: Window, across: Window, buffer: int) -> Columns | None:
    """im2col for the output pixels whose windows meet the patch (``down``: along rows; ``across``: along
    columns).
    """
    top, bottom = down.touching(patch.top, patch.rows.stop)
    left, right = across.touching(patch.left, patch.columns.stop)
    if top >= bottom or left >= right:
        return None
    piece = crop(golden, patch, down.inputs(top, bottom), across.inputs(left, right), 0.0)
    channels = piece.shape[0]
    height, width, size = bottom - top, right - left, down.size
    a, b, c = piece.strides
    windows = np.lib.stride_tricks.as_strided(
        piece,
        (channels, size, across.size, height, width),
        (a, b, c, b * down.stride, c * across.stride),
        writeable=False,
    )
    return Columns(buffer, top, left, windows)


def pool(
    golden: Map,
    patch: Patch,
    down: Window,
    across: Window,
    buffer: int,
    start: Start = Start.MINUS_INFINITY,
) -> Patch | None:
    """Max-pooling for the output pixels whose windows meet the patch. A NaN is never larger, as in the
    kernel; ``start``: which kernel.
    """
    top, bottom = down.touching(patch.top, patch.rows.stop)
    left, right = across.touching(patch.left, patch.columns.stop)
    if top >= bottom or left >= right:
        return None
    rows, columns = down.inputs(top, bottom), across.inputs(left, right)
    if start is Start.FIRST_VALUE:
        piece = crop_held(golden, patch, rows, columns)
    else:
        piece = crop(golden, patch, rows, columns, -np.inf)
    height, width = bottom - top, right - left
    best = np.empty((piece.shape[0], height, width), np.float32)
    indexes = np.empty(best.shape, np.int32)  # nobody reads them
    native()[start](
        piece.shape[0], piece.shape[1], piece.shape[2], height, width, down.stride, down.size, 0,
        piece.ctypes.data, best.ctypes.data, indexes.ctypes.data,
    )  # fmt: skip
    return Patch(buffer, top, left, best)
