"""The golden run of a frame: what memory holds before and after each launch, and what later launches still
read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import places_of
from sassafras.emulator.machine import machine_of
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.watched import WatchedBlock
from sassafras.kernels.kernel import Region
from sassafras.simulation.observed import LONGEST, Observed, Sharing
from sassafras.simulation.races import Touched
from sassafras.simulation.regions import Interval, Intervals, merged, overlap, without
from sassafras.simulation.watch import Watch
from sassafras.simulation.watched_once import Remembered, run_watched
from sassafras.workload.inputs import Arrays
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.verdict import Verdict
from sassafras.workload.workload import Workload

Arena = NDArray[np.uint8]
Images = tuple[NDArray[np.uint8], ...]
_PLACES = 8  #: blocks of which is remembered what they touch


def offsets(memory: DeviceMemory, regions: Iterable[Region]) -> Intervals:
    """Regions of device addresses as intervals of arena offsets."""
    base = memory.layout.base
    return merged((r.address - base, r.end - base) for r in regions)


def live_after(workload: Workload, memory: DeviceMemory) -> tuple[Intervals, ...]:
    """For each launch, the bytes that later launches read before they are overwritten (the outputs
    count as read at the end; alarm words are told apart, see `raised_alarms`).
    """
    plan = workload.plan
    live = offsets(memory, map(workload.region, workload.outputs))
    result: list[Intervals] = []
    for launch in reversed(plan):
        result.append(live)
        live = merged([*without(live, offsets(memory, launch.writes)), *offsets(memory, launch.reads)])
    return tuple(reversed(result))


class GoldenRun:
    """Golden contents around every launch of one frame, and an arena that can be put before any launch.

    ``memory`` is taken over: it must hold the workload's contents and is moved by ``go_before``. After a
    change, ``memory`` must be put back before the next ``go_before`` (see ``put_back``).
    """

    def __init__(self, workload: Workload, memory: DeviceMemory, arrays: Arrays) -> None:
        self.workload = workload
        self.memory = memory
        self.plan: tuple[PlannedLaunch, ...] = workload.plan
        self.writes: list[Intervals] = []
        self.reads: list[Intervals] = []
        self.observed: list[Observed | None] = []  #: of launches of kernels that are
        self.notes: list[tuple[str, ...]] = []  #: of the watch, by launch
        self._touched: dict[int, Touched] = {}
        self._places: OrderedDict[tuple[int, int], list[NDArray[np.uint64]]] = OrderedDict()
        self._arrays = arrays
        workload.load(memory, *arrays)
        self.before: list[Images] = []
        self.after: list[Images] = []
        known: dict[Interval, NDArray[np.uint8]] = {}
        for number, launch in enumerate(self.plan):
            self.before.append(self._pass(number, launch, known))
            after = self._images(number, {})
            self.after.append(after)
            known = {k: v for k, v in known.items() if not overlap([k], self.writes[number])}
            known.update(zip(self.writes[number], after, strict=True))
        self.result = workload.result(memory)
        self._at = len(self.plan)
        self._around: tuple[int, Arena, Arena] | None = None
        self.go_before(0)

    def _pass(self, number: int, launch: PlannedLaunch, known: dict[Interval, NDArray[np.uint8]]) -> Images:
        """Run a launch. Returns what memory held before where it writes."""
        if launch.spec.observed:
            kept = self.memory.data.copy()
            seen = self._watched(launch).seen
            assert seen is not None
            self._note(seen, seen.loads.around, seen.stores.around)
            return self._images(number, known, kept)
        self._note(None, offsets(self.memory, launch.reads), offsets(self.memory, launch.writes))
        before = self._images(number, known)
        self._watched(launch)
        return before

    def _watched(self, launch: PlannedLaunch) -> Remembered:
        known = run_watched(self.workload, launch, self.memory, self._arrays)
        self.notes.append(known.notes)
        return known

    def _note(self, seen: Observed | None, reads: Intervals, writes: Intervals) -> None:
        self.observed.append(seen)
        self.reads.append(reads)
        self.writes.append(writes)

    @cached_property
    def verdict(self) -> Verdict:
        """What is said of the fault-free result: asked for every row, and the same in all of them."""
        return self.workload.judge(self.result, self.result)

    def run_whole(self, launch: PlannedLaunch) -> None:
        """A whole launch on what memory holds now, in place."""
        launch.run(self.memory, self.workload.architecture)

    def _images(
        self, number: int, known: dict[Interval, NDArray[np.uint8]], kept: Arena | None = None
    ) -> Images:
        """What memory (or its copy ``kept``) holds where launch ``number`` writes; ``known``: images that it
        is known to hold, which are not copied again.
        """
        data = self.memory.data if kept is None else kept
        return tuple(known[a, b] if (a, b) in known else data[a:b].copy() for a, b in self.writes[number])

    @property
    def nbytes(self) -> int:
        """Bytes of all images."""
        images = {id(image): image.nbytes for images in (*self.before, *self.after) for image in images}
        return sum(images.values())

    def _put(self, number: int, images: Images) -> None:
        for (a, b), image in zip(self.writes[number], images, strict=True):
            self.memory.data[a:b] = image

    def put_before(self, number: int) -> None:
        """What launch ``number`` writes, as it was before the launch."""
        self._put(number, self.before[number])

    def put_after(self, number: int) -> None:
        """What launch ``number`` writes, as it is after the launch."""
        self._put(number, self.after[number])

    def go_before(self, number: int) -> None:
        """Put the arena into the golden state before launch ``number``."""
        while self._at < number:
            self.put_after(self._at)
            self._at += 1
        while self._at > number:
            self._at -= 1
            self.put_before(self._at)

    def put_back(self, first: int, last: int) -> None:
        """Undo the writes of launches ``first`` to ``last`` (inclusive): what they write is golden again as
        before ``first``.
        """
        for number in range(last, first - 1, -1):
            self.put_before(number)

    def leave(self) -> None:
        """Put the arena back to its initial state (before the first launch), for the next frame."""
        self.go_before(0)

    def come_back(self) -> None:
        """Take the arena again after another frame has left it."""
        self.workload.load(self.memory, *self._arrays)

    def golden_after(self, number: int, places: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Golden bytes after launch ``number`` at offsets all of which it writes."""
        result = np.empty(len(places), np.uint8)
        for (a, b), image in zip(self.writes[number], self.after[number], strict=True):
            here = (places >= a) & (places < b)
            result[here] = image[places[here] - a]
        return result

    def differences(self, number: int) -> list[tuple[int, NDArray[np.bool_]]]:
        """For each interval that launch ``number`` writes: its start, and which bytes differ from the golden
        state after it.
        """
        return [
            (a, self.memory.data[a:b] != image)
            for (a, b), image in zip(self.writes[number], self.after[number], strict=True)
        ]

    # where nobody knows beforehand what a launch touches ---------------------------------------------------

    def sharing(self, number: int) -> Sharing:
        """Who touches what a thread of launch ``number`` stores."""
        seen = self.observed[number]
        return Sharing.NONE if seen is None else seen.sharing

    def touched(self, number: int) -> Touched:
        """What the blocks of a watched launch touch in global memory, as far as it is watched. Memory stands
        before it, and does so again.
        """
        if number not in self._touched:
            planned = self.plan[number]
            program = planned.spec.code(self.workload.architecture)
            watch = Watch(program, planned.launch, self.memory)
            watch.run()
            self.put_before(number)
            self._touched[number] = watch.touched
        return self._touched[number]

    def places(self, number: int, block: int) -> list[NDArray[np.uint64]]:
        """What a block of a watched launch touches between barriers (`places_of`); of the last few asked for.
        Memory stands before the launch, and does so again.
        """
        if (number, block) not in self._places:
            planned = self.plan[number]
            machine = machine_of(planned.spec.code(self.workload.architecture))
            watched = WatchedBlock(machine, planned.launch, self.memory, block, None)
            found = [places_of(log).copy() for log in watched.intervals(LONGEST)]
            watched.undo()
            while len(self._places) >= _PLACES:
                self._places.popitem(last=False)
            self._places[number, block] = found
        return self._places[number, block]

    def around(self, number: int) -> tuple[Arena, Arena]:
        """The whole arena before and after launch ``number``; remembered for the launch asked for last.
        Memory must stand before it, at the first call. Not to be written to.
        """
        if self._around is None or self._around[0] != number:
            before = self.memory.data.copy()
            after = before.copy()
            for (a, b), image in zip(self.writes[number], self.after[number], strict=True):
                after[a:b] = image
            self._around = number, before, after
        return self._around[1:]

    def take_back(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Offsets and contents of all bytes of the arena that differ from those behind launch ``number``;
        memory is put before it again. ``around`` has been asked for it before anything was changed.
        """
        _, after = self.around(number)
        places = np.flatnonzero(self.memory.data != after)
        contents = self.memory.data[places]
        self.put_whole(number)
        return places, contents

    def put_whole(self, number: int) -> None:
        """Put all of memory before launch ``number``, wherever it was changed (`take_back`)."""
        before, _ = self.around(number)
        changed = np.flatnonzero(self.memory.data != before)
        self.memory.data[changed] = before[changed]

    @cached_property
    def finished_by(self) -> dict[int, int]:
        """For each layer that launches anything: the last launch that writes to its output."""
        found = {}
        for launch in self.plan:
            if overlap([self.output_of(launch.part)], self.writes[launch.index]):
                found[launch.part] = launch.index
        return found

    @cached_property
    def _outputs(self) -> dict[int, tuple[int, int]]:
        layout = self.memory.layout
        places = {part.index: layout[part.output.name] for part in self.workload.parts}
        return {index: (a.address - layout.base, a.end - layout.base) for index, a in places.items()}

    def output_of(self, layer: int) -> tuple[int, int]:
        """Arena offsets (start, end) of a layer's output."""
        return self._outputs[layer]

    def output_address(self, layer: int) -> int:
        """Device address of a layer's output."""
        return self.output_of(layer)[0] + self.memory.layout.base
