"""Kernels that make every element of the output, which a thread owns, of one of the input's elements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Region
from sassafras.kernels.pieces import Map, Patch, Shape


def level(values: Map, scale: float, translate: float = -0.0) -> Map:
    """``values * scale + translate``, rounded once. Adding -0 changes nothing: then it is the product."""
    made, numbers = values.copy(order="C"), np.array([scale, translate], np.float32)
    native()["level"](made.ctypes.data, made.size, numbers.ctypes.data)
    return made


@dataclass(frozen=True)
class Rearranging:
    """``shape``: arguments -> channels, height and width of the input; ``change``: arguments and the input
    -> the output, ``n`` values; ``carried``: arguments and a piece of the input -> the piece of the output
    that it makes, None for none.
    """

    shape: Callable[[Arguments], Shape]
    change: Callable[[Arguments, Map], Map]
    carried: Callable[[Arguments, Patch], Patch | None]

    def geometry(self, arguments: Arguments) -> tuple[Dim, Dim]:
        """One thread per element of the output."""
        return geometry.linear(int(arguments["n"]))

    def reads(self, arguments: Arguments) -> tuple[Region, ...]:
        """The input."""
        return regions.words(int(arguments["input"]), int(np.prod(self.shape(arguments))))

    def writes(self, arguments: Arguments) -> tuple[Region, ...]:
        """The output."""
        return regions.words(int(arguments["output"]), int(arguments["n"]))

    def twin(self, memory: DeviceMemory, arguments: Arguments) -> None:
        """A launch."""
        shape, n = self.shape(arguments), int(arguments["n"])
        source = memory.array(int(arguments["input"]), int(np.prod(shape))).reshape(shape)
        made = np.ascontiguousarray(self.change(arguments, source))
        memory.array(int(arguments["output"]), n, np.uint32)[:] = made.view(np.uint32).reshape(-1)

    def carry(self, golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
        """What a piece of the input becomes."""
        source, target = int(arguments["input"]), int(arguments["output"])
        piece = pieces.get(source)
        if golden.shape(source) != self.shape(arguments) or golden.shape(target) is None:
            return None
        if piece is None:  # what the launch overwrites was faulty
            return Carried({})
        if not isinstance(piece, Patch):
            return None
        made = self.carried(arguments, piece)
        return Carried({} if made is None else {target: made})
