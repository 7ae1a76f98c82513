"""Kernels that change every element of a map in place, by values of its channel: biases, scales, statistics.

Their arguments: the map ``batch`` x ``n`` x ``size``, and vectors of ``n`` values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, covers, only
from sassafras.kernels.kernel import Region
from sassafras.kernels.pieces import Map, Patch

Change = Callable[[Arguments, Map, tuple[Map, ...]], None]
"""Arguments, float32 (images, channels, elements) to be changed, the vectors."""


@dataclass(frozen=True)
class ByChannel:
    """``target``: the parameter that points to the map; ``vectors``: those that point to values by channel;
    ``change``: what a launch does.
    """

    target: str
    vectors: tuple[str, ...]
    change: Change

    def _elements(self, arguments: Arguments) -> int:
        return int(arguments["batch"]) * int(arguments["n"]) * int(arguments["size"])

    def geometry(self, arguments: Arguments) -> tuple[Dim, Dim]:
        """One thread per element."""
        return geometry.linear(self._elements(arguments))

    def reads(self, arguments: Arguments) -> tuple[Region, ...]:
        """The map and the vectors."""
        n = int(arguments["n"])
        vectors = (regions.words(int(arguments[name]), n) for name in self.vectors)
        return (*self.writes(arguments), *(region for found in vectors for region in found))

    def writes(self, arguments: Arguments) -> tuple[Region, ...]:
        """The map."""
        return regions.words(int(arguments[self.target]), self._elements(arguments))

    def twin(self, memory: DeviceMemory, arguments: Arguments) -> None:
        """A launch."""
        batch, n, size = (int(arguments[name]) for name in ("batch", "n", "size"))
        values = memory.array(int(arguments[self.target]), batch * n * size).reshape(batch, n, size)
        vectors = tuple(memory.array(int(arguments[name]), n) for name in self.vectors)
        self.change(arguments, values, vectors)

    def carry(self, golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
        """In place, where the filters are the map's channels, and the vectors no map."""
        address, n = int(arguments[self.target]), int(arguments["n"])
        shape, piece = golden.shape(address), pieces.get(address)
        if shape is None or shape[0] != n or not isinstance(piece, Patch) or not only(pieces, address):
            return None
        if not covers(golden, address, self._elements(arguments)):
            return None
        vectors = tuple(golden.floats(int(arguments[name]), n) for name in self.vectors)
        self.change(arguments, piece.values.reshape(1, n, -1), vectors)
        return Carried({address: piece})
