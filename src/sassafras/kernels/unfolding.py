"""The receptive fields of an image as columns of a matrix: what ``im2col_gpu`` and ``im2col_gpu_ext`` do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces
from sassafras.kernels.kernel import Axes, Region
from sassafras.kernels.pieces import Patch, Shape
from sassafras.kernels.windows import Window, unfold


@dataclass(frozen=True)
class Unfolding:
    """``windows``: arguments -> those along rows and along columns. All of them have ``n`` (windows of all
    channels), ``image``, ``height``, ``width``, ``height_col``, ``width_col`` and ``columns``.
    """

    kernel: str
    windows: Callable[[Arguments], tuple[Window, Window]]

    def channels(self, arguments: Arguments) -> int:
        """Channels of the image; a launch covers whole channels. Raises ValueError for one that does not."""
        pixels = int(arguments["height_col"]) * int(arguments["width_col"])
        channels, rest = divmod(int(arguments["n"]), pixels)
        if rest:
            raise ValueError(f"{self.kernel}: n = {arguments['n']} is not a whole number of channels")
        return channels

    def geometry(self, arguments: Arguments) -> tuple[Dim, Dim]:
        """One thread per window."""
        return geometry.line(int(arguments["n"]))

    def _shape(self, arguments: Arguments) -> Shape:
        return self.channels(arguments), int(arguments["height"]), int(arguments["width"])

    def reads(self, arguments: Arguments) -> tuple[Region, ...]:
        """The image."""
        channels, height, width = self._shape(arguments)
        return regions.words(int(arguments["image"]), channels * height * width)

    def writes(self, arguments: Arguments) -> tuple[Region, ...]:
        """The columns."""
        down, across = self.windows(arguments)
        return regions.words(int(arguments["columns"]), int(arguments["n"]) * down.size * across.size)

    def twin(self, memory: DeviceMemory, arguments: Arguments) -> None:
        """A launch."""
        (channels, height, width), (down, across) = self._shape(arguments), self.windows(arguments)
        # As integers: a copy of bits, whatever they mean.
        image = memory.array(int(arguments["image"]), channels * height * width, np.uint32)
        image = image.reshape(channels, height, width)
        shape = channels, down.size, across.size, down.count, across.count
        columns = memory.array(int(arguments["columns"]), int(np.prod(shape)), np.uint32).reshape(shape)
        if not (down.fits(height) and across.fits(width)):
            columns[...] = 0
        for i in range(down.size):
            to_rows, from_rows = down.inside(i, height)
            for j in range(across.size):
                to_columns, from_columns = across.inside(j, width)
                columns[:, i, j, to_rows, to_columns] = image[:, from_rows, from_columns]

    def scratch(self, arguments: Arguments) -> dict[int, Shape]:
        """The unfolded image: a row for each value under a window, a pixel for each output pixel."""
        down, across = self.windows(arguments)
        rows = self.channels(arguments) * down.size * across.size
        return {int(arguments["columns"]): (rows, down.count, across.count)}

    def axes(self, arguments: Arguments) -> dict[int, Axes]:
        """The unfolded image with its rows told apart."""
        down, across = self.windows(arguments)
        sizes = (self.channels(arguments), down.size, across.size, down.count, across.count)
        names = ("channel", "window row", "window column", "row", "column")
        return {int(arguments["columns"]): tuple(zip(names, sizes, strict=True))}

    def carry(self, golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
        """The columns of the windows that meet a piece of the image."""
        source, target = int(arguments["image"]), int(arguments["columns"])
        shape, piece = golden.shape(source), pieces.get(source)
        if shape != self._shape(arguments):
            return None
        if piece is None:  # what the launch overwrites was faulty
            return Carried({})
        if not isinstance(piece, Patch):
            return None
        unfolded = unfold(golden.map(source), piece, *self.windows(arguments), target)
        return Carried({} if unfolded is None else {target: unfolded})
