"""From the bytes that differ behind a launch to a piece of a feature map."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sassafras.campaign.faulty_launch import Difference
from sassafras.campaign.golden import GoldenRun
from sassafras.campaign.patch import Columns, Map, Patch
from sassafras.campaign.regions import Intervals, inside

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

    def piece_of(self, number: int, difference: Difference) -> Piece | None:
        """The piece that holds every live difference, None if they lie in more than one buffer or in
        parameters.
        """
        live = inside(difference.offsets, self._live[number])
        places = difference.offsets[live]
        for start, end, address in self._buffers:
            if places[0] >= start and places[-1] < end:
                here = (difference.offsets >= start) & (difference.offsets < end)
                return self._patch_of(number, address, part_of(difference, here))
        return self._columns_of(number, part_of(difference, live))

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

    def _columns_of(self, number: int, difference: Difference) -> Columns | None:
        """Differences in the unfolded image of the last im2col launch, as columns."""
        launch = next(
            (p for p in reversed(self._golden.plan[: number + 1]) if p.kernel == "im2col_gpu"), None
        )
        if launch is None:
            return None
        arguments = launch.arguments
        address, width = int(arguments["columns"]), int(arguments["width_col"])
        pixels = int(arguments["height_col"]) * width
        rows = int(arguments["n"]) * int(arguments["ksize"]) ** 2 // pixels
        start = address - self._memory.layout.base
        if difference.offsets[0] < start or difference.offsets[-1] >= start + 4 * rows * pixels:
            return None
        golden = self.floats_after(number, address, rows * pixels).reshape(rows, -1, width)
        words, values = _changed(golden, start, difference)
        row, pixel = np.divmod(words, pixels)
        return Columns(address, *_around(golden, row, pixel, values))


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
