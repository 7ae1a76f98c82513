"""The difference on its way through the network: launch by launch, layer by layer, by the native twins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.explanation.replay import Replay
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.raised_alarms import read_alarms
from sassafras.simulation.regions import Interval, Intervals, merged, overlap, without
from sassafras.workload.result import Result

Map = NDArray[np.float32]


@dataclass(frozen=True)
class LayerChange:
    """How a layer's output differs. ``values``: how many it has; ``differing``: how many of them differ in
    any bit; ``not_finite``: faulty ones among these that are NaN or infinite, and were not.

    ``largest``: the largest |faulty - golden| of finite values; ``relative``: the largest |faulty - golden| /
    |golden| where golden is not zero. None where there is no such value.
    """

    layer: int
    kind: str
    shape: tuple[int, int, int]
    values: int
    differing: int
    not_finite: int
    largest: float | None
    relative: float | None


@dataclass(frozen=True)
class LaunchChange:
    """How many bytes of what a launch writes differ behind it."""

    launch: int
    kernel: str
    layer: int
    differing_bytes: int


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """A layer's output, golden and faulty: float32 (channels, height, width)."""

    layer: int
    kind: str
    golden: Map
    faulty: Map


@dataclass(frozen=True)
class Stopped:
    """A launch that trapped on what the struck one had left, and how."""

    launch: int
    kernel: str
    layer: int
    kind: str


@dataclass(frozen=True, eq=False)
class Journey:
    """The way of a difference. ``died``: the launch behind which nothing that is still read differed, None if
    the difference reached the output. ``raised``: the first launch behind the struck one that raised an
    alarm, None if none did. ``stopped``: the launch behind the struck one that ended the run.
    """

    layers: tuple[LayerChange, ...]
    launches: tuple[LaunchChange, ...]
    died: int | None
    golden: Result
    result: Result
    maps: tuple[LayerMaps, ...]
    raised: int | None = None
    stopped: Stopped | None = None

    def at(self, launch: int | None) -> LaunchChange | None:
        """A launch by its number, while the difference was alive."""
        return next((change for change in self.launches if change.launch == launch), None)


def follow_layers(replay: Replay) -> Journey:
    """Run everything behind the struck launch on the faulty memory; that launch, too, where memory was struck
    before it. Memory is put back.
    """
    golden, first, difference = replay.golden, replay.planned.index, replay.difference
    memory, plan = golden.memory, golden.plan
    walk = _Walk(golden, replay.case.bench.live, merged((o, o + 1) for o in difference.offsets.tolist()))
    kept = memory.data[difference.offsets]
    if not replay.before:
        golden.put_after(first)
    memory.data[difference.offsets] = difference.contents
    raised = None
    for number in range(first, len(plan)):
        if number > first or replay.before:
            golden.run_whole(plan[number])
        walk.look(number)
        if raised is None and read_alarms(memory, golden.workload) is not None:
            raised = number
    result = golden.workload.result(memory)
    memory.data[difference.offsets] = kept
    golden.put_back(first, len(plan) - 1)
    return Journey(
        tuple(change_of(m) for m in walk.maps),
        tuple(walk.launches),
        walk.died,
        golden.result,
        result,
        tuple(walk.maps),
        raised,
    )


class _Walk:
    """Looks at memory behind each launch. ``dirty``: bytes that may differ."""

    def __init__(self, golden: GoldenRun, live: tuple[Intervals, ...], dirty: Intervals) -> None:
        self._golden = golden
        self._live = live
        self._dirty = dirty
        self.maps: list[LayerMaps] = []
        self.launches: list[LaunchChange] = []
        self.died: int | None = None

    def look(self, number: int) -> None:
        """Compare what the launch writes with the golden run."""
        planned, writes = self._golden.plan[number], self._golden.writes[number]
        differing = [np.flatnonzero(now) + start for start, now in self._golden.differences(number)]
        places = np.concatenate([*differing, np.empty(0, np.int64)]).astype(np.int64)
        self._dirty = merged([*without(self._dirty, writes), *_hulls(places, writes)])
        if self.died is None:
            self.launches.append(LaunchChange(number, planned.kernel, planned.part, len(places)))
            if not overlap(self._dirty, self._live[number]):
                self.died = number
        if self._golden.finished_by[planned.part] == number:
            self.maps.append(_maps(self._golden, number))


def _hulls(places: NDArray[np.int64], intervals: Intervals) -> list[Interval]:
    """For each interval, the smallest one around the places in it."""
    inside = [places[(places >= start) & (places < end)] for start, end in intervals]
    return [(int(here[0]), int(here[-1]) + 1) for here in inside if len(here)]


def _maps(golden: GoldenRun, number: int) -> LayerMaps:
    """The output of the layer whose last launch this is."""
    part = next(entry for entry in golden.workload.parts if entry.index == golden.plan[number].part)
    start, end = golden.output_of(part.index)
    dtype = part.output.dtype
    faulty = golden.memory.data[start:end].copy().view(dtype).astype(np.float32, copy=False)
    expected = _golden_output(golden, number).view(dtype).astype(np.float32, copy=False)
    shape = part.shape
    return LayerMaps(part.index, part.kind, expected.reshape(shape), faulty.reshape(shape))


def _golden_output(golden: GoldenRun, number: int) -> NDArray[np.uint8]:
    """Golden bytes of a layer's output behind launch ``number``, the last one that writes to it: of each byte
    what the latest of the layer's launches wrote (of a route, each writes a part).
    """
    layer = golden.plan[number].part
    start, end = golden.output_of(layer)
    found = np.empty(end - start, np.uint8)
    for planned in (p for p in golden.plan[: number + 1] if p.part == layer):
        for (a, b), image in zip(golden.writes[planned.index], golden.after[planned.index], strict=True):
            low, high = max(a, start), min(b, end)
            if low < high:
                found[low - start : high - start] = image[low - a : high - a]
    return found


def change_of(maps: LayerMaps) -> LayerChange:
    """The numbers of a layer."""
    golden, faulty = maps.golden.reshape(-1), maps.faulty.reshape(-1)
    differs = golden.view(np.uint32) != faulty.view(np.uint32)
    a, b = golden[differs].astype(np.float64), faulty[differs].astype(np.float64)
    finite = np.isfinite(a) & np.isfinite(b)
    distance = np.abs(b[finite] - a[finite])
    known = a[finite] != 0
    relative = distance[known] / np.abs(a[finite][known])
    channels, height, width = maps.golden.shape
    return LayerChange(
        maps.layer,
        maps.kind,
        (channels, height, width),
        golden.size,
        int(differs.sum()),
        int((~np.isfinite(b) & np.isfinite(a)).sum()),
        float(distance.max()) if len(distance) else None,
        float(relative.max()) if len(relative) else None,
    )
