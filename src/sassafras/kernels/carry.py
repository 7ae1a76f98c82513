"""How a kernel takes what differs through a launch, without the whole launch (DESIGN section 8).

All carries compute the bits that the kernel would on the whole faulty memory: every output value of a kernel
depends on its own inputs alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.pieces import Map, Piece, Shape

WORD = 4

Pieces = Mapping[int, Piece]
"""The pieces of a state by address of their buffer: those of the buffers that a launch reads or writes."""


class Golden(Protocol):
    """Golden memory around a launch. What it gives is not to be written to."""

    def shape(self, address: int) -> Shape | None:
        """The shape of the buffer at a device address before the launch, None where it has none."""

    def holding(self, address: int) -> tuple[int, Shape] | None:
        """Address and shape of the buffer in which a device address lies, before the launch; None: in none
        that has a shape.
        """

    def floats(self, address: int, count: int) -> Map:
        """Golden float32[count] before the launch. A view."""

    def floats_after(self, address: int, count: int) -> Map:
        """Golden float32[count] after the launch."""

    def map(self, address: int) -> Map:
        """The golden map before the launch; there is one."""

    def map_after(self, address: int) -> Map:
        """The golden map after the launch; there is one."""


@dataclass(frozen=True)
class Carried:
    """What a launch leaves of a state. ``pieces``: of every buffer that it changes, by address; a buffer that
    it writes and that is not named is golden. ``corrected``: it has noticed and repaired something.
    """

    pieces: Pieces
    corrected: bool = False


Carry = Callable[[Golden, Sequence[Pieces], Arguments], Sequence[Carried | None]]
"""Golden memory, states, the launch's arguments -> what it leaves of each state; None: only its twin can
tell. Every state has a piece at least. A piece's values may be changed in place where it stays in its buffer.
"""

CarryBytes = Callable[[Golden, NDArray[np.int64], NDArray[np.uint8], Arguments], Carried | None]
"""Golden memory, device addresses of faulty bytes (sorted) and what they hold, arguments -> what the launch
leaves, apart from the bytes themselves; None: only its twin can tell.
"""


@dataclass(frozen=True)
class Channels:
    """Channels ``first`` to ``end`` of the map at device address ``buffer``."""

    buffer: int
    first: int
    end: int

    def of(self, values: Map) -> Map:
        """Their values, of those of the whole map or of a box of it: (..., height, width), whose leading axes
        together are the channels.
        """
        each = math.prod(values.shape[1:-2])
        if self.first % each == 0 == self.end % each:
            return values[self.first // each : self.end // each]
        return values.reshape(-1, *values.shape[-2:])[self.first : self.end]


def channels_of(golden: Golden, address: int, channels: int, pixels: tuple[int, int]) -> Channels | None:
    """So many whole channels from a device address on, of a map of that height and width; None: no map has
    them.
    """
    found = golden.holding(address)
    if found is None or found[1][1:] != pixels:
        return None
    buffer, shape = found
    first, rest = divmod((address - buffer) // WORD, pixels[0] * pixels[1])
    if rest or first + channels > shape[0]:
        return None
    return Channels(buffer, first, first + channels)


def one_by_one(carry: Callable[[Golden, Pieces, Arguments], Carried | None]) -> Carry:
    """A carry that looks at one state at a time."""

    def all_of_them(
        golden: Golden, states: Sequence[Pieces], arguments: Arguments
    ) -> Sequence[Carried | None]:
        return [carry(golden, state, arguments) for state in states]

    return all_of_them


def only(pieces: Pieces, *addresses: int) -> bool:
    """Whether no piece lies elsewhere than in these buffers."""
    return all(address in addresses for address in pieces)


def covers(golden: Golden, address: int, count: int) -> bool:
    """Whether a buffer is a map of so many values."""
    shape = golden.shape(address)
    return shape is not None and shape[0] * shape[1] * shape[2] == count
