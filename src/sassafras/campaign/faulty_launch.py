"""The launch in which the fault strikes: what it leaves in memory.
 Quick and exact way: only the struck thread (or its block, where threads wait for each other) is emulated;
all other threads did what they did in the golden run. That holds as long as the struck thread neither reads
what other threads of the launch write nor writes what they read or write (every byte that our kernels write
is touched by one thread only). Otherwise the launch is emulated in full, in the defined order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.campaign.golden import GoldenRun
from sassafras.campaign.regions import expand, inside
from sassafras.campaign.strike import Values, strike
from sassafras.campaign.traced import GoldenThreads
from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.machine import Machine
from sassafras.emulator.traps import Trap
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Fault


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


class FaultyLaunch:
    """One launch with one fault, on an arena in the golden state before the launch. Memory is put back in
    every case.
    """

    def __init__(
        self,
        golden: GoldenRun,
        machine: Machine,
        fault: Fault,
        points: dict[int, int],
        threads: GoldenThreads,
        watchdog: int,
    ) -> None:
        self._golden = golden
        self._machine = machine
        self._fault = fault
        self._points = points
        self._threads = threads
        self._watchdog = watchdog
        self._number = fault.site.launch
        self._launch = golden.plan[self._number].launch
        self._memory = golden.memory

    def run(self, *, in_full: bool = False) -> LaunchEffect:
        """Emulate. ``in_full``: the whole launch at once, as the reference engine does."""
        if not in_full:
            armed, values = self._strike_block(self._threads.threads)
            if self._meddles(armed.accesses()):
                armed.undo()
                return self._run_in_full()
            return self._effect_of_threads(armed, values)
        return self._run_in_full()

    # the struck block ------------------------------------------------------------------------------------

    def _strike_block(self, threads: tuple[int, ...] | None) -> tuple[ArmedBlock, Values]:
        """Run the block with the fault; its ``trap`` says how it ended. Values are those of the fault's own
        thread.
        """
        armed = self._machine.arm(self._launch, self._memory, self._fault.site.block, threads)
        pending = dict(self._points)
        values: Values | None = None
        while pending and armed.trap is None:
            _, thread = armed.run_to(pending, self._watchdog)
            if thread is None:
                break
            change = self._fault.corruption
            base = self._memory.layout.base
            struck = strike(armed, thread, self._fault.draw.mode, self._fault.target, change, base)
            values = struck if thread == self._fault.site.thread else values
            del pending[thread]
        if values is None:
            raise FaultNotReached(f"fault {self._fault.draw.id}: its instruction was not reached")
        if armed.trap is None:
            armed.run(self._watchdog)
        return armed, values

    # the quick way ---------------------------------------------------------------------------------------

    def _meddles(self, log: NDArray[np.void]) -> bool:
        """Whether the struck threads touched what other threads of the launch write, or wrote what others
        read.
        """
        writes, reads = self._golden.writes[self._number], self._golden.reads[self._number]
        loads = log[log["kind"] == AccessKind.GLOBAL_LOAD]
        stores = log[log["kind"] == AccessKind.GLOBAL_STORE]
        own_log = self._threads.accesses
        own = _bytes_of(own_log[own_log["kind"] != AccessKind.SHARED_STORE])
        own_stores = _bytes_of(own_log[own_log["kind"] == AccessKind.GLOBAL_STORE])
        loaded, stored = _bytes_of(loads), _bytes_of(stores)
        foreign_loads = loaded[inside(loaded, writes)]
        foreign_stores = stored[inside(stored, (*writes, *reads))]
        return not (np.isin(foreign_loads, own).all() and np.isin(foreign_stores, own_stores).all())

    def _effect_of_threads(self, armed: ArmedBlock, values: Values) -> LaunchEffect:
        if armed.trap is not None:
            armed.undo()
            return LaunchEffect(armed.trap, NO_DIFFERENCE, values)
        log, own_log = armed.accesses(), self._threads.accesses
        kinds = [entries[entries["kind"] == AccessKind.GLOBAL_STORE] for entries in (log, own_log)]
        places = np.union1d(*(_bytes_of(entries) for entries in kinds))
        faulty = self._memory.data[places]
        armed.undo()
        return LaunchEffect(None, self._against_golden(places, faulty), values)

    def _against_golden(self, places: NDArray[np.int64], faulty: NDArray[np.uint8]) -> Difference:
        """Memory stands before the launch: what the launch does not write is golden there."""
        expected = self._memory.data[places]
        written = inside(places, self._golden.writes[self._number])
        expected[written] = self._golden.golden_after(self._number, places[written])
        differs = faulty != expected
        return Difference(places[differs], faulty[differs])

    # in full ---------------------------------------------------------------------------------------------

    def _run_in_full(self) -> LaunchEffect:
        """All blocks before the struck one, that block under control, all blocks behind it.

        Threads other than the struck ones run golden code whose addresses do not depend on data: they write
        only where the launch writes.
        """
        block = self._fault.site.block
        before = self._machine.run(self._launch, self._memory, limit=self._watchdog, blocks=range(block))
        if before.trap is not None:
            raise FaultNotReached(
                f"fault {self._fault.draw.id}: a block before the struck one trapped: {before.trap}"
            )
        armed, values = self._strike_block(None)
        trap = armed.trap
        if trap is None:
            behind = range(block + 1, self._launch.blocks)
            trap = self._machine.run(self._launch, self._memory, limit=self._watchdog, blocks=behind).trap
        difference = self._take_back(armed)
        return LaunchEffect(trap, NO_DIFFERENCE if trap is not None else difference, values)

    def _take_back(self, armed: ArmedBlock) -> Difference:
        """What differs now: where the launch may write, and where the struck block wrote beside that. Memory
        is put back.
        """
        log = armed.accesses()
        writes = self._golden.writes[self._number]
        stored = _bytes_of(log[log["kind"] == AccessKind.GLOBAL_STORE])
        outside = stored[~inside(stored, writes)]
        beside = self._memory.data[outside]
        differing = [np.flatnonzero(now) + start for start, now in self._golden.differences(self._number)]
        places = np.concatenate([*differing, np.empty(0, np.int64)])
        contents = self._memory.data[places]
        armed.undo()
        wild = beside != self._memory.data[outside]
        self._golden.put_before(self._number)
        every = np.concatenate([places, outside[wild]])
        order = np.argsort(every, kind="stable")
        return Difference(every[order], np.concatenate([contents, beside[wild]])[order])


def _bytes_of(entries: NDArray[np.void]) -> NDArray[np.int64]:
    """Every byte offset that these accesses touched."""
    return expand(entries["offset"], entries["nbytes"])
