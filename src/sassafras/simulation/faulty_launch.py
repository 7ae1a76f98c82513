"""The launch in which the fault strikes: what it leaves in memory.
 Quick and exact way: only the struck thread (or its block, where threads wait for each other) is emulated;
all other threads did what they did in the golden run. Where the struck thread touches bytes that belong to
another thread of the launch (every byte that our kernels write is touched by one thread only, its owner),
that thread is emulated too, in its turn. Where it writes what many threads read, or touches too much, the
launch is emulated in full, in the defined order. So is every launch of a kernel whose threads meet in a word
by atomic operations: the struck one alone says nothing of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.layout import AccessKind
from sassafras.errors import FaultNotReached
from sassafras.simulation.atomics import threads_meet
from sassafras.simulation.lone_launch import LoneLaunch
from sassafras.simulation.observed import Sharing
from sassafras.simulation.regions import inside
from sassafras.simulation.strike import Values
from sassafras.simulation.struck_launch import (
    NO_DIFFERENCE,
    Difference,
    LaunchEffect,
    Members,
    bytes_of,
    undo_all,
)
from sassafras.simulation.traced import GoldenThreads, run_golden

ROUNDS = 4  #: how often further threads are called in before the launch is emulated in full
MOST_OWNERS = 512


class FaultyLaunch(LoneLaunch):
    """One launch with one fault, on an arena in the golden state before the launch. Memory is put back in
    every case.
    """

    def run(self, *, in_full: bool = False) -> LaunchEffect:
        """Emulate. ``in_full``: the whole launch at once, as the reference engine does."""
        whole = in_full or threads_meet(self._machine.program)
        shares = self._golden.sharing(self._number) is not Sharing.NONE
        effect = None
        if not (whole or shares):
            effect = self._run_alone() if self._threads.turns is not None else None
            effect = self._run_few() if effect is None else effect
        return self._run_in_full() if effect is None else effect

    # the struck block ---------------------------------------------------------------------------------

    def _strike_block(self, threads: tuple[int, ...] | None) -> tuple[ArmedBlock, Values]:
        """Run the block with the fault; its ``trap`` says how it ended."""
        armed = self._machine.arm(self._launch, self._memory, self._fault.site.block, threads)
        values = self._strike(armed)
        if values is None:
            raise FaultNotReached(f"fault {self._fault.draw.id}: its instruction was not reached")
        return armed, values

    # the quick way ------------------------------------------------------------------------------------

    def _run_few(self) -> LaunchEffect | None:
        """Emulate the struck threads and the owners of what they touch; None if that never ends."""
        alone = self._threads.turns is not None
        members: Members = {self._fault.site.block: self._whole_block() if alone else self._threads}
        for _ in range(ROUNDS):
            armed, values = self._run_members(members)
            foreign = self._foreign(armed, members)
            if foreign is not None and len(foreign) == 0:
                return self._effect(armed, members, values)
            undo_all(armed)
            if foreign is None or not self._call_in(members, foreign):
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
                armed, values = self._strike_block(members[block].threads)
            else:
                armed = self._machine.arm(self._launch, self._memory, block, members[block].threads)
                armed.run(self._watchdog)
            found.append(armed)
            if armed.trap is not None:
                break
        if values is None:
            raise FaultNotReached(f"fault {self._fault.draw.id}: a thread before the struck one trapped")
        return found, values

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
        stored = bytes_of(log, AccessKind.GLOBAL_STORE)
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
