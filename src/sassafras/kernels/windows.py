"""Windows that slide over a map, and what kernels with windows make of a piece of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sassafras.kernels.elementwise import native
from sassafras.kernels.maxpool_ir import Start
from sassafras.kernels.pieces import Columns, Map, Patch
from sassafras.native import address_of


@dataclass(frozen=True)
class Window:
    """A sliding window along one axis: ``size`` inputs from ``start + stride * position`` on, ``dilation``
    apart, for ``count`` positions.
    """

    size: int
    stride: int
    start: int
    count: int
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Inputs from the first to the last of a window."""
        return (self.size - 1) * self.dilation + 1

    def fits(self, extent: int) -> bool:
        """Whether all windows lie within ``extent`` inputs."""
        return self.start >= 0 and self.start + (self.count - 1) * self.stride + self.reach <= extent

    def inside(self, which: int, extent: int) -> tuple[slice, slice]:
        """The positions whose value number ``which`` lies within ``extent`` inputs, and the places of these
        values, as slices.
        """
        first = self.start + which * self.dilation
        low = -(min(first, 0) // self.stride)
        high = min(self.count, max(low, -((first - extent) // self.stride)))
        start = first + low * self.stride
        places = slice(start, start + max(0, (high - low - 1) * self.stride + 1), self.stride)
        return slice(low, max(low, high)), places

    def touching(self, first: int, end: int) -> tuple[int, int]:
        """Positions (half-open) from whose first to whose last value inputs of [first, end) lie."""
        low = -((self.start + self.reach - 1 - first) // self.stride)
        high = (end - 1 - self.start) // self.stride + 1
        return max(low, 0), min(high, self.count)

    def inputs(self, low: int, high: int) -> tuple[int, int]:
        """Inputs (half-open, perhaps outside the map) of the positions [low, high)."""
        return self.start + low * self.stride, self.start + (high - 1) * self.stride + self.reach


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
    top, bottom = down.touching(patch.box.top, patch.box.bottom)
    left, right = across.touching(patch.box.left, patch.box.right)
    if top >= bottom or left >= right:
        return None
    piece = crop(golden, patch, down.inputs(top, bottom), across.inputs(left, right), 0.0)
    channels = piece.shape[0]
    height, width = bottom - top, right - left
    a, b, c = piece.strides
    windows = np.lib.stride_tricks.as_strided(
        piece,
        (channels, down.size, across.size, height, width),
        (a, b * down.dilation, c * across.dilation, b * down.stride, c * across.stride),
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
    top, bottom = down.touching(patch.box.top, patch.box.bottom)
    left, right = across.touching(patch.box.left, patch.box.right)
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
        address_of(piece), address_of(best), address_of(indexes),
    )  # fmt: skip
    return Patch(buffer, top, left, best)
