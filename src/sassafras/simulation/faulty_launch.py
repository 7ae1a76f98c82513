"""The launch in which the fault strikes: what it leaves in memory.
 Quick and exact way: only the struck thread (or its block, where threads wait for each other) is emulated;
all other threads did what they did in the golden run. Where the struck thread touches bytes that belong to
another thread of the launch (every byte that our kernels write is touched by one thread only, its owner),
that thread is emulated too, in its turn. Where it writes what many threads read, or touches too much, the
launch is emulated in full, in the defined order. So is every launch of a kernel whose threads meet in a word
by atomic operations: the struck one alone says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock, SharedTurns
from sassafras.emulator.layout import ACCESS, AccessKind
from sassafras.emulator.machine import Machine
from sassafras.emulator.traps import Trap
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Fault
from sassafras.simulation.atomics import threads_meet
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Sharing
from sassafras.simulation.regions import Intervals, expand, inside
from sassafras.simulation.strike import Values, strike_all
from sassafras.simulation.traced import GoldenThreads, run_golden


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

ROUNDS = 4  #: how often further threads are called in before the launch is emulated in full
MOST_OWNERS = 512
WIDEST_ACCESS = 16  #: bytes


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
        self._longest = fault.draw.longest
        self._watchdog = watchdog * fault.draw.longest
        self._number = fault.site.launch
        self._planned = golden.plan[self._number]
        self._launch = self._planned.launch
        self._memory = golden.memory
        self._anywhere = self._planned.spec.observed or self._planned.spec.twin is None

    def run(self, *, in_full: bool = False) -> LaunchEffect:
        """Emulate. ``in_full``: the whole launch at once, as the reference engine does."""
        whole = in_full or threads_meet(self._machine.program)
        shares = self._golden.sharing(self._number) is not Sharing.NONE
        effect = None if whole or shares else self._run_few()
        return self._run_in_full() if effect is None else effect

    # the struck block ---------------------------------------------------------------------------------

    def _strike_block(
        self, threads: tuple[int, ...] | None, shared: SharedTurns | None = None
    ) -> tuple[ArmedBlock, Values]:
        """Run the block with the fault; its ``trap`` says how it ended.

        Values are those of the fault's own thread; of the first struck one, where a thread of the same warp
        ended the launch before the fault's own thread was struck.
        """
        armed = self._machine.arm(self._launch, self._memory, self._fault.site.block, threads, shared)
        found = strike_all(armed, self._fault, dict(self._points), self._watchdog, self._memory.layout.base)
        if not found:
            raise FaultNotReached(f"fault {self._fault.draw.id}: its instruction was not reached")
        if armed.trap is None:
            armed.run(self._watchdog)
        return armed, found.get(self._fault.site.thread, next(iter(found.values())))

    # the quick way ------------------------------------------------------------------------------------

    def _run_few(self) -> LaunchEffect | None:
        """Emulate the struck threads and the owners of what they touch; None if that never ends."""
        members: Members = {self._fault.site.block: self._threads}
        for _ in range(ROUNDS):
            armed, values = self._run_members(members)
            alone = members[self._fault.site.block].shared is not None
            foreign = NO_DIFFERENCE.offsets if armed[-1].differs else self._foreign(armed, members)
            if foreign is not None and len(foreign) == 0 and not armed[-1].differs:
                return self._effect(armed, members, values)
            _undo(armed)
            if alone:
                members = {self._fault.site.block: self._whole_block()}
            elif foreign is None or not self._call_in(members, foreign):
                return None
        return None

    def _whole_block(self) -> GoldenThreads:
        """The golden run of the struck block, all of its threads."""
        site = self._fault.site
        return run_golden(
            self._machine, self._launch, self._memory, site.block, list(self._points), self._longest
        )

    def _run_members(self, members: Members) -> tuple[list[ArmedBlock], Values]:
        """Run the members in the defined order, until one traps."""
        found: list[ArmedBlock] = []
        values: Values | None = None
        for block in sorted(members):
            if block == self._fault.site.block:
                armed, values = self._strike_block(members[block].threads, members[block].shared)
            else:
                armed = self._machine.arm(self._launch, self._memory, block, members[block].threads)
                armed.run(self._watchdog)
            found.append(armed)
            if armed.trap is not None:
                break
        if values is None:
            raise FaultNotReached(f"fault {self._fault.draw.id}: a thread before the struck one trapped")
        return found, values

    def _foreign(self, armed: list[ArmedBlock], members: Members) -> NDArray[np.int64] | None:
        """Bytes of other threads that the members touched; None if they wrote what others only read."""
        if _as_golden(armed, members):
            return NO_DIFFERENCE.offsets
        writes, reads = self._golden.writes[self._number], self._golden.reads[self._number]
        # Nearly all accesses are loads of inputs: they are left out before anything is sorted.
        log = np.concatenate([_of_interest(block.accesses(), writes) for block in armed])
        own = np.concatenate([_of_interest(m.accesses, writes) for m in members.values()])
        stored = _bytes_of(log, AccessKind.GLOBAL_STORE)
        in_writes = inside(stored, writes)
        if (inside(stored, reads) & ~in_writes).any():
            return None
        loaded = _bytes_of(log, AccessKind.GLOBAL_LOAD)
        mine = _bytes_of(own)
        touched = np.union1d(loaded[inside(loaded, writes)], stored[in_writes])
        return touched[~np.isin(touched, mine) & ~inside(touched, self._alarms())]

    def _alarms(self) -> Intervals:
        alarms = self._golden.workload.alarms
        return () if alarms is None else alarms.places(self._memory.layout.base)

    def _call_in(self, members: Members, foreign: NDArray[np.int64]) -> bool:
        """Add the owners of bytes to the members. False if they are unknown or too many."""
        owner_of = self._planned.spec.owner_of
        if owner_of is None or len(foreign) > 4 * MOST_OWNERS:
            return False
        owners = np.unique(owner_of(self._planned.arguments, foreign + self._memory.layout.base))
        if len(owners) > MOST_OWNERS:
            return False
        per_block = self._launch.threads_per_block
        for block in np.unique(owners // per_block).tolist():
            threads = {int(t) % per_block for t in owners[owners // per_block == block]}
            known = members.get(block)
            if known is not None and known.threads is None:
                return False
            threads |= set(known.threads or ()) if known is not None else set()
            members[block] = run_golden(
                self._machine, self._launch, self._memory, block, sorted(threads), self._longest
            )
        return True

    def _effect(self, armed: list[ArmedBlock], members: Members, values: Values) -> LaunchEffect:
        trap = armed[-1].trap
        if trap is not None:
            _undo(armed)
            return LaunchEffect(trap, NO_DIFFERENCE, values)
        logs = [block.accesses() for block in armed]
        if not _as_golden(armed, members):
            logs += [m.accesses for m in members.values()]
        stores = [log[log["kind"] == int(AccessKind.GLOBAL_STORE)] for log in logs]
        places = _bytes_of(np.concatenate(stores))
        faulty = self._memory.data[places]
        _undo(armed)
        return LaunchEffect(None, self._against_golden(places, faulty), values)

    def _against_golden(self, places: NDArray[np.int64], faulty: NDArray[np.uint8]) -> Difference:
        """Memory stands before the launch: what the launch does not write is golden there."""
        expected = self._memory.data[places]
        written = inside(places, self._golden.writes[self._number])
        expected[written] = self._golden.golden_after(self._number, places[written])
        differs = faulty != expected
        return Difference(places[differs], faulty[differs])

    # in full ------------------------------------------------------------------------------------------

    def _run_in_full(self) -> LaunchEffect:
        """All blocks before the struck one, that block under control, all blocks behind it.

        Of a kernel with a twin, threads other than the struck ones write only where the launch writes: no
        address of theirs depends on data. Of any other kernel all of memory is looked at.
        """
        if self._anywhere:
            self._golden.around(self._number)
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
        if trap is not None:  # nobody asks what a launch that trapped has left
            self._put_back(armed)
            return LaunchEffect(trap, NO_DIFFERENCE, values)
        if self._anywhere:
            return LaunchEffect(None, Difference(*self._golden.take_back(self._number)), values)
        found = self._take_back(armed)
        self._put_back(armed)
        return LaunchEffect(None, found, values)

    def _put_back(self, armed: ArmedBlock) -> None:
        if self._anywhere:
            self._golden.put_whole(self._number)
        else:
            armed.undo()
            self._golden.put_before(self._number)

    def _take_back(self, armed: ArmedBlock) -> Difference:
        """What differs now: where the launch may write, and where the struck block wrote beside that."""
        log = armed.accesses()
        writes = self._golden.writes[self._number]
        stored = _bytes_of(log, AccessKind.GLOBAL_STORE)
        outside = stored[~inside(stored, writes)]
        beside = self._memory.data[outside]
        differing = [np.flatnonzero(now) + start for start, now in self._golden.differences(self._number)]
        places = np.concatenate([*differing, np.empty(0, np.int64)])
        contents = self._memory.data[places]
        armed.undo()
        wild = beside != self._memory.data[outside]
        every = np.concatenate([places, outside[wild]])
        order = np.argsort(every, kind="stable")
        return Difference(every[order], np.concatenate([contents, beside[wild]])[order])


def _as_golden(armed: list[ArmedBlock], members: Members) -> bool:
    """Whether the only block under control has loaded and stored where it does in the golden run, as far as
    it came: most faults change values, not addresses.
    """
    if len(armed) != 1 or len(members) != 1:
        return False
    log, own = armed[0].accesses(), members[armed[0].block].accesses
    if len(log) > len(own) or (armed[0].trap is None and len(log) < len(own)):
        return False
    return bool((_where(log) == _where(own[: len(log)])).all())


def _where(log: NDArray[np.void]) -> NDArray[np.uint64]:
    """Of each access: its offset, and its size, kind, thread and instruction, as two words."""
    return np.ascontiguousarray(log).view(np.uint64).reshape(len(log), ACCESS.itemsize // 8)[:, :2]


def _bytes_of(log: NDArray[np.void], kind: AccessKind | None = None) -> NDArray[np.int64]:
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


def _undo(armed: list[ArmedBlock]) -> None:
    """Undo what blocks stored, the last first."""
    for block in reversed(armed):
        block.undo()
