"""The plain way to carry a difference through the rest of the inference: whole launches, by the twins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import graver, read_alarms
from sassafras.simulation.regions import Interval, Intervals, merged, overlap, without
from sassafras.simulation.struck_launch import Difference


def hull(places: NDArray[np.int64], intervals: Intervals) -> list[Interval]:
    """For each interval, the smallest one around the places in it."""
    found = []
    for start, end in intervals:
        here = places[(places >= start) & (places < end)]
        if len(here):
            found.append((int(here[0]), int(here[-1]) + 1))
    return found


def _runs(places: NDArray[np.int64]) -> list[Interval]:
    """Sorted places as runs of neighbours."""
    if len(places) == 0:
        return []
    breaks = np.flatnonzero(np.diff(places) > 1)
    starts = places[np.concatenate([[0], breaks + 1])]
    ends = places[np.concatenate([breaks, [len(places) - 1]])] + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def golden_content(golden: GoldenRun, number: int, start: int, end: int) -> NDArray[np.uint8]:
    """What a buffer that begins with zeros holds behind launch ``number``: what launches have written."""
    content = np.zeros(end - start, np.uint8)
    for writes, images in zip(golden.writes[: number + 1], golden.after, strict=False):
        for (a, b), image in zip(writes, images, strict=True):
            low, high = max(a, start), min(b, end)
            if low < high:
                content[low - start : high - start] = image[low - a : high - a]
    return content


class Sweep:
    """One faulty state on its way through the launches behind ``first``. Memory must stand before launch
    ``first``, and does so again at the end.
    """

    def __init__(
        self, golden: GoldenRun, live: tuple[Intervals, ...], first: int, difference: Difference
    ) -> None:
        self._golden = golden
        self._live = live
        self._first = first
        self._difference = difference
        writes = golden.writes[first]
        outside = without(_runs(difference.offsets), writes)
        self._dirty: Intervals = merged([*hull(difference.offsets, writes), *outside])
        self._corrupted: dict[int, int] = {}
        self._alarm: Outcome | None = None

    def run(self) -> Propagation:
        """Sweep until nothing that is still read differs, or to the end."""
        memory = self._golden.memory
        places = self._difference.offsets
        kept = memory.data[places]
        self._golden.put_after(self._first)
        memory.data[places] = self._difference.contents
        self._count_layer(self._first)
        last, died = self._sweep()
        result = self._golden.result
        if died is None:
            result = self._golden.workload.result(memory)
        memory.data[places] = kept
        self._golden.put_back(self._first, last)
        return Propagation(result.copy(), died, self._corrupted, self._alarm)

    def _sweep(self) -> tuple[int, int | None]:
        """Returns the last launch that ran, and the layer behind which the difference was gone."""
        plan = self._golden.plan
        for number in range(self._first, len(plan)):
            if number > self._first:
                self._advance(number)
            if not overlap(self._dirty, self._live[number]):
                return number, plan[number].part
        return len(plan) - 1, None

    def _advance(self, number: int) -> None:
        golden, launch = self._golden, self._golden.plan[number]
        if not overlap(self._dirty, golden.reads[number]):
            golden.put_after(number)
            self._dirty = without(self._dirty, golden.writes[number])
            self._count_layer(number)
            return
        golden.run_whole(launch)
        self._alarm = graver(self._alarm, read_alarms(golden.memory, golden.workload))
        changed = list(without(self._dirty, golden.writes[number]))
        for start, differs in golden.differences(number):
            where = np.flatnonzero(differs)
            if len(where):
                changed.append((start + int(where[0]), start + int(where[-1]) + 1))
        self._dirty = merged(changed)
        self._count_layer(number)

    def _count_layer(self, number: int) -> None:
        """Differing values of a layer's output, behind its last launch."""
        golden = self._golden
        layer = golden.plan[number].part
        if golden.finished_by[layer] != number:
            return
        start, end = golden.output_of(layer)
        expected = golden_content(golden, number, start, end).view(np.uint32)
        count = int(np.count_nonzero(golden.memory.data[start:end].view(np.uint32) != expected))
        if count:
            self._corrupted[layer] = count
