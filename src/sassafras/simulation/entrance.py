"""From the bytes that differ behind a launch to a piece of a feature map."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sassafras.network.plan import PlannedLaunch
from sassafras.simulation.faulty_launch import Difference
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.patch import Columns, Map, Patch
from sassafras.simulation.regions import Intervals, inside, overlap

Piece = Patch | Columns


class Entrance:
    """Golden feature maps of one frame, and the pieces of them that differences are. ``golden.memory`` must
    stand before the launch that is asked for, in every call. ``shapes``: (channels, height, width) by device
    address.
    """

    def __init__(self, golden: GoldenRun, live: tuple[Intervals, ...]) -> None:
        self._golden = golden
        self._live = live
        self._memory = golden.memory
        network, base = golden.network, golden.memory.layout.base
        self.shapes: dict[int, tuple[int, int, int]] = {
            network.layout[layer.output_name].address: layer.output_shape for layer in network.layers
        }
        self.shapes[network.layout["input"].address] = network.input_shape
        self._buffers = [
            (address - base, address - base + 4 * math.prod(shape), address)
            for address, shape in self.shapes.items()
        ]

    def split(self, number: int, difference: Difference) -> tuple[Piece | None, Difference | None]:
        """What is live of a difference behind launch ``number``: the piece of a feature map (of the one that
        the launch writes, if that is touched), and the bytes elsewhere, such as weights. None: nothing.
        """
        live = part_of(difference, inside(difference.offsets, self._live[number]))
        if len(live.offsets) == 0:
            return None, None
        writes = self._golden.writes[number]
        met = [buffer for buffer in self._buffers if _meets(live.offsets, buffer[0], buffer[1])]
        met.sort(key=lambda buffer: not overlap([buffer[:2]], writes))
        columns = self._columns_buffer(number)
        if columns is not None and (not met or overlap([columns[:2]], writes)):
            here = (live.offsets >= columns[0]) & (live.offsets < columns[1])
            if here.any():
                piece = self._columns_of(number, columns[2], part_of(live, here))
                return piece, _rest(live, ~here)
        if not met:
            return None, live
        start, end, address = met[0]
        every = (difference.offsets >= start) & (difference.offsets < end)
        elsewhere = (live.offsets < start) | (live.offsets >= end)
        return self._patch_of(number, address, part_of(difference, every)), _rest(live, elsewhere)

    def still_read(self, number: int, difference: Difference) -> Difference | None:
        """What launches behind ``number`` still read of a difference, None if nothing."""
        return _rest(difference, inside(difference.offsets, self._live[number]))

    def is_live(self, number: int, piece: Piece) -> bool:
        """Whether launches behind ``number`` still read the buffer of a piece."""
        start = piece.buffer - self._memory.layout.base
        return overlap([(start, start + 1)], self._live[number])

    def bytes_of(self, number: int, piece: Piece | None, waiting: Difference | None) -> Difference:
        """All faulty bytes of a state before launch ``number``: those of its piece, and those elsewhere."""
        found = [] if waiting is None else [waiting]
        if piece is not None:
            shape = self._shape_of(number, piece)
            golden: Map = self._memory.array(piece.buffer, math.prod(shape)).reshape(shape)
            whole = golden.copy()
            whole[:, piece.rows, piece.columns] = piece.values.reshape(len(whole), *piece.values.shape[-2:])
            faulty, expected = (m.reshape(-1).view(np.uint8) for m in (whole, golden))
            places = np.flatnonzero(faulty != expected)
            start = piece.buffer - self._memory.layout.base
            found.append(Difference(places + start, faulty[places]))
        offsets = np.concatenate([d.offsets for d in found])
        contents = np.concatenate([d.contents for d in found])
        order = np.argsort(offsets, kind="stable")
        return Difference(offsets[order], contents[order])

    def _shape_of(self, number: int, piece: Piece) -> tuple[int, int, int]:
        """Shape of the map or the unfolded image that a piece belongs to."""
        columns = self._columns_buffer(number)
        if isinstance(piece, Columns) and columns is not None:
            rows, _ = _columns_shape(columns[2])
            a = columns[2].arguments
            return rows, int(a["height_col"]), int(a["width_col"])
        return self.shapes[piece.buffer]

    def floats_after(self, number: int, address: int, count: int) -> Map:
        """``count`` golden floats at a device address after launch ``number`` (memory stands before it). Not
        to be written to.
        """
        start = address - self._memory.layout.base
        end = start + 4 * count
        met = [
            (a, b, image)
            for (a, b), image in zip(self._golden.writes[number], self._golden.after[number], strict=True)
            if a < end and start < b
        ]
        if len(met) == 1 and met[0][0] <= start and end <= met[0][1]:
            a, _, image = met[0]
            return image[start - a : end - a].view(np.float32)
        places: Map = self._memory.array(address, count)
        if met:
            places = places.copy()
        for a, b, image in met:
            low, high = max(a, start), min(b, end)
            places.view(np.uint8)[low - start : high - start] = image[low - a : high - a]
        return places

    def map_after(self, number: int, address: int) -> Map:
        """The golden map at an address after launch ``number``. Not to be written to."""
        shape = self.shapes[address]
        return self.floats_after(number, address, math.prod(shape)).reshape(shape)

    def _patch_of(self, number: int, address: int, difference: Difference) -> Patch:
        golden = self.map_after(number, address)
        words, values = _changed(golden, address - self._memory.layout.base, difference)
        channel, pixel = np.divmod(words, golden.shape[1] * golden.shape[2])
        top, left, block = _around(golden, channel, pixel, values)
        return Patch(address, top, left, block)

    def _columns_buffer(self, number: int) -> tuple[int, int, PlannedLaunch] | None:
        """The unfolded image that the last im2col launch has left: arena offsets, and the launch."""
        found = (p for p in reversed(self._golden.plan[: number + 1]) if p.kernel == "im2col_gpu")
        launch = next(found, None)
        if launch is None:
            return None
        rows, pixels = _columns_shape(launch)
        start = int(launch.arguments["columns"]) - self._memory.layout.base
        return start, start + 4 * rows * pixels, launch

    def _columns_of(self, number: int, launch: PlannedLaunch, difference: Difference) -> Columns:
        """Differences in an unfolded image, as columns."""
        address, width = int(launch.arguments["columns"]), int(launch.arguments["width_col"])
        rows, pixels = _columns_shape(launch)
        golden = self.floats_after(number, address, rows * pixels).reshape(rows, -1, width)
        words, values = _changed(golden, address - self._memory.layout.base, difference)
        row, pixel = np.divmod(words, pixels)
        return Columns(address, *_around(golden, row, pixel, values))


def _columns_shape(launch: PlannedLaunch) -> tuple[int, int]:
    """Rows and pixels of the unfolded image of an im2col launch."""
    a = {name: int(value) for name, value in launch.arguments.items()}
    pixels = a["height_col"] * a["width_col"]
    return a["n"] * a["ksize"] ** 2 // pixels, pixels


def _meets(places: NDArray[np.int64], start: int, end: int) -> bool:
    """Whether a sorted place lies in [start, end)."""
    first = int(np.searchsorted(places, start))
    return first < len(places) and int(places[first]) < end


def _rest(difference: Difference, chosen: NDArray[np.bool_]) -> Difference | None:
    return part_of(difference, chosen) if chosen.any() else None


def part_of(difference: Difference, chosen: NDArray[np.bool_]) -> Difference:
    """Some of the bytes of a difference."""
    if chosen.all():
        return difference
    return Difference(difference.offsets[chosen], difference.contents[chosen])


def _changed(
    golden: Map, start: int, difference: Difference
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The floats that a difference touches, and what they become: numbers in ``golden`` (which begins at
    arena offset ``start``), ascending, and values.
    """
    places, lanes = np.divmod(difference.offsets - start, 4)
    first = np.concatenate([[True], places[1:] != places[:-1]])
    words = places[first]
    values = golden.reshape(-1)[words]
    values.view(np.uint8)[4 * (np.cumsum(first) - 1) + lanes] = difference.contents
    return words, values


def _around(
    golden: Map, row: NDArray[np.int64], pixel: NDArray[np.int64], values: NDArray[np.float32]
) -> tuple[int, int, Map]:
    """The smallest rectangle of pixels around changed values, over all rows of ``golden`` (rows, height,
    width): its top, its left, and a copy with the values put in.
    """
    y, x = np.divmod(pixel, golden.shape[2])
    top, left = int(y.min()), int(x.min())
    block = golden[:, top : int(y.max()) + 1, left : int(x.max()) + 1].copy()
    block[row, y - top, x - left] = values
    return top, left, block
