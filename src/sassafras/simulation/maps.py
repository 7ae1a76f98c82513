"""Golden feature maps of one frame, around every launch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sassafras.kernels.pieces import Map, Shape
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.regions import Interval, Intervals, overlap
from sassafras.workload.buffer import WORD


@dataclass(frozen=True)
class PlacedMap:
    """A map in the arena: device ``address``, ``place`` as arena offsets, whether it has its ``shape`` only
    until another launch gives it another (``scratch``).
    """

    address: int
    shape: Shape
    place: Interval
    scratch: bool


class GoldenMaps:
    """What memory holds where a map lies, before and after each launch. ``golden.memory`` must stand before
    the launch that is asked for, in every call.
    """

    def __init__(self, golden: GoldenRun) -> None:
        self._golden = golden
        self._memory = golden.memory
        self._base = golden.memory.layout.base
        known = {a: self._buffer(a, shape, scratch=False) for a, shape in golden.workload.maps.items()}
        self._before = [known]
        for launch in golden.plan:
            scratch = launch.spec.scratch
            if scratch is not None:
                given = scratch(launch.arguments)
                known = known | {a: self._buffer(a, shape, scratch=True) for a, shape in given.items()}
            self._before.append(known)
        touched = zip(golden.plan, golden.reads, golden.writes, strict=True)
        self._touched = [self._met(self.after(p.index), [*reads, *writes]) for p, reads, writes in touched]
        self._written = [self._met(self.after(p.index), golden.writes[p.index]) for p in golden.plan]

    def _buffer(self, address: int, shape: Shape, *, scratch: bool) -> PlacedMap:
        start = address - self._base
        return PlacedMap(address, shape, (start, start + WORD * math.prod(shape)), scratch)

    @staticmethod
    def _met(buffers: dict[int, PlacedMap], places: list[Interval] | tuple[Interval, ...]) -> frozenset[int]:
        return frozenset(address for address, b in buffers.items() if overlap([b.place], places))

    def before(self, number: int) -> dict[int, PlacedMap]:
        """The maps before a launch, by device address."""
        return self._before[number]

    def after(self, number: int) -> dict[int, PlacedMap]:
        """The maps after a launch, by device address."""
        return self._before[number + 1]

    def reads(self, number: int) -> Intervals:
        """What a launch reads, as arena offsets."""
        return self._golden.reads[number]

    def writes(self, number: int) -> Intervals:
        """What a launch writes, as arena offsets."""
        return self._golden.writes[number]

    def touched(self, number: int) -> frozenset[int]:
        """Addresses of the maps that a launch may read or write."""
        return self._touched[number]

    def written(self, number: int) -> frozenset[int]:
        """Addresses of the maps that a launch may write."""
        return self._written[number]

    def now(self, number: int, address: int) -> Map:
        """The golden map before a launch. A view."""
        shape = self._before[number][address].shape
        view: Map = self._memory.array(address, math.prod(shape)).reshape(shape)
        return view

    def floats_after(self, number: int, address: int, count: int) -> Map:
        """``count`` golden floats at a device address after a launch. Not to be written to."""
        start = address - self._base
        end = start + WORD * count
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
        """The golden map at an address after a launch. Not to be written to."""
        shape = self.after(number)[address].shape
        return self.floats_after(number, address, math.prod(shape)).reshape(shape)

    def around(self, number: int) -> AroundLaunch:
        """What a kernel may ask of golden memory around a launch."""
        return AroundLaunch(self, self._golden, number)


@dataclass(frozen=True)
class AroundLaunch:
    """Golden memory around a launch (`sassafras.kernels.carry.Golden`)."""

    maps: GoldenMaps
    golden: GoldenRun
    number: int

    def shape(self, address: int) -> Shape | None:
        """The shape of a map before the launch; None: no map begins there."""
        buffer = self.maps.before(self.number).get(address)
        return None if buffer is None else buffer.shape

    def holding(self, address: int) -> tuple[int, Shape] | None:
        """Address and shape of the map in which an address lies before the launch; None: in none."""
        if (shape := self.shape(address)) is not None:
            return address, shape
        for start, found in self.maps.before(self.number).items():
            if start < address < start + found.place[1] - found.place[0]:
                return start, found.shape
        return None

    def floats(self, address: int, count: int) -> Map:
        """Golden floats before the launch. A view."""
        return self.golden.memory.array(address, count)

    def floats_after(self, address: int, count: int) -> Map:
        """Golden floats after the launch."""
        return self.maps.floats_after(self.number, address, count)

    def map(self, address: int) -> Map:
        """The golden map before the launch. A view."""
        return self.maps.now(self.number, address)

    def map_after(self, address: int) -> Map:
        """The golden map after the launch."""
        return self.maps.map_after(self.number, address)
