"""A launch with one fault, on an arena in the golden state before it: what all ways to emulate it need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.layout import AccessKind, places_of
from sassafras.emulator.machine import Machine
from sassafras.emulator.traps import Trap
from sassafras.faults.model import Fault
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.lone_threads import GoldenBlocks
from sassafras.simulation.regions import Intervals, among, distinct, expand, inside
from sassafras.simulation.strike import Values, strike_all
from sassafras.simulation.traced import GoldenThreads


@dataclass(frozen=True)
class Difference:
    """Bytes of the arena that differ from the golden run after the launch: offsets (sorted) and their faulty
    contents.
    """

    offsets: NDArray[np.int64]
    contents: NDArray[np.uint8]


@dataclass(frozen=True)
class LaunchEffect:
    """What the faulty launch did: it trapped, or it left a difference. ``values``: the struck word before and
    after.
    """

    trap: Trap | None
    difference: Difference
    values: Values


NO_DIFFERENCE = Difference(np.empty(0, np.int64), np.empty(0, np.uint8))


Members = dict[
    int, GoldenThreads
]  #: the threads that are emulated, by block, with what they did in the golden run

WIDEST_ACCESS = 16  #: bytes


class StruckLaunch:
    """``threads``: the struck ones in the golden run, and what else of it is held against the faulty one.
    ``points``: where they are struck.
    """

    def __init__(
        self,
        golden: GoldenRun,
        machine: Machine,
        fault: Fault,
        points: dict[int, int],
        threads: GoldenThreads,
        watchdog: int,
        blocks: GoldenBlocks | None = None,
    ) -> None:
        self._golden = golden
        self._machine = machine
        self._fault = fault
        self._points = points
        self._threads = threads
        self._longest = fault.draw.longest
        self._watchdog = watchdog * fault.draw.longest
        self._blocks = blocks or GoldenBlocks()
        self._number = fault.site.launch
        self._planned = golden.plan[self._number]
        self._launch = self._planned.launch
        self._memory = golden.memory
        self._anywhere = self._planned.spec.observed or self._planned.spec.twin is None

    def _strike(self, armed: ArmedBlock) -> Values | None:
        """Run with the fault. None where it was not reached.

        Values are those of the fault's own thread; of the first struck one, where a thread of the same warp
        ended the launch before the fault's own thread was struck.
        """
        found = strike_all(armed, self._fault, dict(self._points), self._watchdog, self._memory.layout.base)
        if not found:
            return None
        if armed.trap is None:
            armed.run(self._watchdog)
        return found.get(self._fault.site.thread, next(iter(found.values())))

    def _foreign(self, armed: list[ArmedBlock], members: Members) -> NDArray[np.int64] | None:
        """Bytes of other threads that the members touched; None if they wrote what others only read."""
        if _all_as_golden(armed, members):
            return NO_DIFFERENCE.offsets
        writes, reads = self._golden.writes[self._number], self._golden.reads[self._number]
        # Nearly all accesses are loads of inputs: they are left out before anything is sorted.
        log = np.concatenate([_of_interest(block.accesses(), writes) for block in armed])
        own = np.concatenate([_of_interest(m.accesses, writes) for m in members.values()])
        stored = bytes_of(log, AccessKind.GLOBAL_STORE)
        in_writes = inside(stored, writes)
        if (inside(stored, reads) & ~in_writes).any():
            return None
        loaded = bytes_of(log, AccessKind.GLOBAL_LOAD)
        mine = bytes_of(own)
        touched = distinct(np.concatenate([loaded[inside(loaded, writes)], stored[in_writes]]))
        return touched[~among(touched, mine) & ~inside(touched, self._alarms())]

    def _alarms(self) -> Intervals:
        alarms = self._golden.workload.alarms
        return () if alarms is None else alarms.places(self._memory.layout.base)

    def _effect(
        self,
        armed: list[ArmedBlock],
        members: Members,
        values: Values,
        beside: NDArray[np.int64] | None = None,
    ) -> LaunchEffect:
        """``beside``: further bytes that were stored, which are the caller's to put back."""
        trap = armed[-1].trap
        if trap is not None:
            undo_all(armed)
            return LaunchEffect(trap, NO_DIFFERENCE, values)
        logs = [block.accesses() for block in armed]
        if not _all_as_golden(armed, members):
            logs += [m.accesses for m in members.values()]
        stores = [log[log["kind"] == int(AccessKind.GLOBAL_STORE)] for log in logs]
        places = bytes_of(np.concatenate(stores))
        places = places if beside is None else distinct(np.concatenate([places, beside]))
        faulty = self._memory.data[places]
        undo_all(armed)
        return LaunchEffect(None, self._against_golden(places, faulty), values)

    def _against_golden(self, places: NDArray[np.int64], faulty: NDArray[np.uint8]) -> Difference:
        """Memory stands before the launch: what the launch does not write is golden there."""
        expected = self._memory.data[places]
        written = inside(places, self._golden.writes[self._number])
        expected[written] = self._golden.golden_after(self._number, places[written])
        differs = faulty != expected
        return Difference(places[differs], faulty[differs])


def _all_as_golden(armed: list[ArmedBlock], members: Members) -> bool:
    """Whether that is so of the only block under control."""
    return len(armed) == len(members) == 1 and as_golden(armed[0], members[armed[0].block])


def as_golden(armed: ArmedBlock, threads: GoldenThreads) -> bool:
    """Whether a block under control has loaded and stored where it does in the golden run, as far as it came:
    most faults change values, not addresses.
    """
    log, own = armed.accesses(), threads.accesses
    if len(log) > len(own) or (armed.trap is None and len(log) < len(own)):
        return False
    return bool((places_of(log) == places_of(own[: len(log)])).all())


def bytes_of(log: NDArray[np.void], kind: AccessKind | None = None) -> NDArray[np.int64]:
    """Every byte offset that accesses (of one kind) touched, sorted."""
    entries = log if kind is None else log[log["kind"] == int(kind)]
    return expand(entries["offset"], entries["nbytes"])


def _of_interest(log: NDArray[np.void], intervals: Intervals) -> NDArray[np.void]:
    """Global stores, and loads that may touch the intervals."""
    kind = log["kind"]
    chosen = kind == int(AccessKind.GLOBAL_STORE)
    if intervals:
        start, end = intervals[0][0], intervals[-1][1]
        offset = log["offset"]
        meets = (offset > start - WIDEST_ACCESS) & (offset < end)
        chosen |= meets & (kind == int(AccessKind.GLOBAL_LOAD))
    found: NDArray[np.void] = log[chosen]
    return found


def undo_all(armed: list[ArmedBlock]) -> None:
    """Undo what blocks stored, the last first."""
    for block in reversed(armed):
        block.undo()
