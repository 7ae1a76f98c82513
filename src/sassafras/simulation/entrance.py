"""From the bytes that differ behind a launch to pieces of feature maps, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.pieces import Columns, Map, Patch, Piece
from sassafras.simulation.maps import GoldenMaps, PlacedMap
from sassafras.simulation.regions import Intervals, inside, merged, without
from sassafras.simulation.struck_launch import Difference
from sassafras.workload.buffer import WORD

SOMEWHERE = -1  #: all of a map is still read: no place had to be looked for


class Entrance:
    """The pieces of golden feature maps that differences are, and what of them is still read.
    The golden run's memory must stand before the launch that is asked for, in every call.
    """

    def __init__(self, live: tuple[Intervals, ...], maps: GoldenMaps) -> None:
        self._live = live
        self._maps = maps
        self._dead: dict[tuple[int, int], Intervals] = {}

    def split(self, number: int, difference: Difference) -> tuple[dict[int, Piece], Difference | None]:
        """What is live of a difference behind launch ``number``: a piece of each feature map that is touched,
        by address, and the bytes elsewhere, such as weights (None: nothing).
        """
        buffers = self._maps.after(number).values()
        return _split(
            difference,
            self._live[number],
            buffers,
            lambda buffer: self._maps.map_after(number, buffer.address),
        )

    def split_before(self, number: int, difference: Difference) -> tuple[dict[int, Piece], Difference | None]:
        """The same of a difference before launch ``number``."""
        live = merged([*without(self._live[number], self._maps.writes(number)), *self._maps.reads(number)])
        buffers = self._maps.before(number).values()
        return _split(difference, live, buffers, lambda buffer: self._maps.now(number, buffer.address))

    def still_read(self, number: int, difference: Difference) -> Difference | None:
        """What launches behind ``number`` still read of a difference, None if nothing."""
        return _rest(difference, inside(difference.offsets, self._live[number]))

    def read_at(self, number: int, piece: Piece, known: int | None) -> int | None:
        """Where launches behind ``number`` still read something that differs in a piece: one such place, as
        an arena offset, or SOMEWHERE; None if nowhere. ``known``: what was found of the same piece before.
        """
        key = number, piece.buffer
        if key not in self._dead:
            self._dead[key] = self._dead_part(*key)
        dead = self._dead[key]
        start, end = self._maps.after(number)[piece.buffer].place
        if len(dead) == 0:
            return SOMEWHERE if known is None else known
        if known is not None and known != SOMEWHERE and not any(a <= known < b for a, b in dead):
            return known
        if dead == ((start, end),):
            return None
        golden = self._maps.map_after(number, piece.buffer)
        offsets = _differing(golden, start, piece).offsets
        live = offsets[~inside(offsets, dead)]
        return int(live[-1]) if len(live) else None  # launches read maps from their beginning on

    def _dead_part(self, number: int, address: int) -> Intervals:
        """What no launch behind ``number`` reads of the map at an address."""
        return without([self._maps.after(number)[address].place], self._live[number])

    def bytes_of(self, number: int, pieces: Mapping[int, Piece], waiting: Difference | None) -> Difference:
        """All faulty bytes of a state before launch ``number``: those of its pieces, and those elsewhere."""
        found = [] if waiting is None else [waiting]
        for address, piece in pieces.items():
            start, _ = self._maps.before(number)[address].place
            found.append(_differing(self._maps.now(number, address), start, piece))
        return joined(found)


def _split(
    difference: Difference, alive: Intervals, buffers: Iterable[PlacedMap], map_of: Callable[[PlacedMap], Map]
) -> tuple[dict[int, Piece], Difference | None]:
    """What is alive of a difference: a piece of each map that it meets, and the bytes elsewhere."""
    live = part_of(difference, inside(difference.offsets, alive))
    pieces: dict[int, Piece] = {}
    elsewhere = np.ones(len(live.offsets), bool)
    for buffer in buffers if len(live.offsets) else ():
        start, end = buffer.place
        if _meets(live.offsets, start, end):
            every = (difference.offsets >= start) & (difference.offsets < end)
            pieces[buffer.address] = _piece(map_of(buffer), buffer, part_of(difference, every))
            elsewhere &= (live.offsets < start) | (live.offsets >= end)
    return pieces, _rest(live, elsewhere)


def _piece(golden: Map, buffer: PlacedMap, difference: Difference) -> Piece:
    words, values = _changed(golden, buffer.place[0], difference)
    row, pixel = np.divmod(words, golden.shape[1] * golden.shape[2])
    kind = Columns if buffer.scratch else Patch
    return kind(buffer.address, *_around(golden, row, pixel, values))


def _differing(golden: Map, start: int, piece: Piece) -> Difference:
    """The bytes that differ in a piece of a map that begins at arena offset ``start``."""
    box, (_, height, width) = piece.box, golden.shape
    expected = np.ascontiguousarray(golden[box.place])
    faulty = np.ascontiguousarray(piece.values).reshape(expected.shape)
    row, y, x = np.nonzero(faulty.view(np.uint32) != expected.view(np.uint32))
    places = start + WORD * ((row * height + y + box.top) * width + x + box.left)
    contents, before = (m[row, y, x].view(np.uint8).reshape(-1, WORD) for m in (faulty, expected))
    word, lane = np.nonzero(contents != before)
    return Difference(places[word] + lane, contents[word, lane])


def joined(differences: Iterable[Difference]) -> Difference:
    """All bytes of some differences without a byte in common, sorted."""
    parts = list(differences)
    offsets = np.concatenate([d.offsets for d in parts])
    contents = np.concatenate([d.contents for d in parts])
    order = np.argsort(offsets, kind="stable")
    return Difference(offsets[order], contents[order])


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
