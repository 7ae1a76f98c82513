"""The launch in which the fault strikes a thread that waits for others: it is run alone, and the others only
where they can tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.alone import AroundBlock, LoneBlock
from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.block_images import run_with, stored_by
from sassafras.emulator.layout import AccessKind
from sassafras.isa.slicing import has_known_phases, has_known_way
from sassafras.simulation.lone_threads import golden_alone
from sassafras.simulation.regions import among, distinct, inside
from sassafras.simulation.strike import Values
from sassafras.simulation.struck_launch import (
    NO_DIFFERENCE,
    Difference,
    LaunchEffect,
    StruckLaunch,
    as_golden,
    bytes_of,
)

MOST_FOREIGN = 64  #: bytes of other threads, beyond which these are not run one by one
Stored = tuple[NDArray[np.int64], NDArray[np.uint8]]  #: offsets, sorted, and what was stored there last


class LoneLaunch(StruckLaunch):
    """One launch whose fault strikes one thread (`GoldenThreads.turns`)."""

    def _run_alone(self) -> LaunchEffect | None:
        """Emulate the struck thread alone, of a block whose threads wait for each other; and the others,
        where they can tell. None where that takes other means.
        """
        turns, site = self._threads.turns, self._fault.site
        assert turns is not None
        place, phases = (self._number, site.block), len(turns.ends) - 1
        images = self._blocks.images(self._golden, self._machine, place, phases)
        if images is None:
            return None
        views = self._blocks.views(images) if self._knows_others else None
        lone = LoneBlock(
            self._machine, self._launch, self._memory, site.block, site.thread, images, turns, views
        )
        values = self._strike(lone)
        effect = None
        if values is None or lone.differs or lone.heard:
            lone.undo()
        else:
            effect = self._lone_effect(lone, values)
        alike = has_known_way(self._machine.program)
        return self._run_around() if effect is None and alike else effect

    @property
    def _knows_others(self) -> bool:
        """Whether other threads of the block load and store where they do in the golden run, whatever the
        struck one leaves in shared memory: everywhere, or where data may steer what is behind the last
        barrier, wherever that may be told by the owners of bytes.
        """
        program = self._machine.program
        return has_known_way(program) or (
            has_known_phases(program) and self._planned.spec.owner_of is not None
        )

    def _lone_effect(self, lone: LoneBlock, values: Values) -> LaunchEffect | None:
        """What the thread that has run alone has done, and the others with what it has left them. Undoes it;
        None where it has not found what it would have among them, or too many others are concerned.
        """
        foreign = self._foreign([lone], {lone.block: self._threads})
        if foreign is not None and len(foreign) == 0 and lone.deviates is None:
            return self._effect([lone], {lone.block: self._threads}, values)
        log, mine = lone.accesses(), self._stored_by(lone)
        lone.undo()
        if foreign is None or among(foreign, bytes_of(log, AccessKind.GLOBAL_LOAD)).any():
            return None
        others: list[Stored] | None = []
        if lone.deviates is not None:
            others = None if len(foreign) else self._with_views(lone)
        elif lone.trap is None:
            others = self._behind(foreign, mine)
        if others is None:
            return None
        difference = NO_DIFFERENCE if lone.trap is not None else self._laid_over([mine, *others])
        return LaunchEffect(lone.trap, difference, values)

    def _stored_by(self, armed: ArmedBlock) -> Stored:
        """What is where a block under control has stored."""
        places = bytes_of(armed.accesses(), AccessKind.GLOBAL_STORE)
        return places, self._memory.data[places]

    def _laid_over(self, stored: list[Stored]) -> Difference:
        """What differs where the struck thread stores in the golden run, and where anything has been stored,
        the last one counts.
        """
        own = bytes_of(self._threads.accesses, AccessKind.GLOBAL_STORE)
        every = distinct(np.concatenate([own, *(places for places, _ in stored)]))
        faulty = self._memory.data[every]
        for places, contents in stored:
            faulty[np.searchsorted(every, places)] = contents
        return self._against_golden(every, faulty)

    def _with_views(self, lone: LoneBlock) -> list[Stored] | None:
        """What the other threads of the block store, with what a thread has left in shared memory."""
        phases = lone.deviates
        assert phases is not None
        ran = run_with(self._machine, self._launch, self._memory, lone, phases, self._watchdog)
        if ran is None:
            return None
        theirs = ~among(ran[0], bytes_of(self._threads.accesses, AccessKind.GLOBAL_STORE))
        if not has_known_way(self._machine.program) and self._is_mine(ran[0][theirs]).any():
            return None  # the thread itself, unstruck, goes another way with what it leaves
        return [(ran[0][theirs], ran[1][theirs])]

    def _is_mine(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these bytes, but for those of alarms, are the struck thread's."""
        owner_of, site = self._planned.spec.owner_of, self._fault.site
        assert owner_of is not None
        places = places[~inside(places, self._alarms())]
        owners = owner_of(self._planned.arguments, places + self._memory.layout.base)
        mine: NDArray[np.bool_] = owners == site.block * self._launch.threads_per_block + site.thread
        return mine

    def _behind(self, foreign: NDArray[np.int64], mine: Stored) -> list[Stored] | None:
        """What the owners of bytes store that the struck thread has stored over: those of blocks behind its
        own, which find what it has left; those of blocks before it are through. None for those of its own.
        """
        owner_of, site = self._planned.spec.owner_of, self._fault.site
        if owner_of is None or len(foreign) > MOST_FOREIGN:
            return None
        owners = np.unique(owner_of(self._planned.arguments, foreign + self._memory.layout.base))
        found = []
        for block, thread in zip(*np.divmod(owners, self._launch.threads_per_block), strict=True):
            if block == site.block:
                return None
            if block > site.block:
                stored = self._owner(int(block), int(thread), mine)
                if stored is None:
                    return None
                found.append(stored)
        return found

    def _owner(self, block: int, thread: int, mine: Stored) -> Stored | None:
        """What a thread of a block behind the struck one stores, alone; that one has stored ``mine``."""
        golden, machine, place = self._golden, self._machine, (self._number, block)
        threads = golden_alone(golden, machine, self._blocks, place, thread, self._longest)
        turns = None if threads is None else threads.turns
        if threads is None or turns is None:
            return None
        images = self._blocks.images(golden, machine, place, len(turns.ends) - 1)
        if images is None:
            return None
        before, self._memory.data[mine[0]] = self._memory.data[mine[0]], mine[1]
        lone = LoneBlock(machine, self._launch, self._memory, block, thread, images, turns)
        lone.run(self._watchdog)
        stored = self._stored_by(lone)
        same = lone.trap is None and not (lone.differs or lone.heard) and as_golden(lone, threads)
        lone.undo()
        self._memory.data[mine[0]] = before
        return stored if same else None

    def _run_around(self) -> LaunchEffect | None:
        """Emulate the struck block, of which only the struck thread is looked at: all others store where they
        do in the golden run, and nowhere else.
        """
        site, effect = self._fault.site, None
        stores = stored_by(self._machine, self._launch, self._memory, site.block)
        if stores is None:
            return None
        before = self._memory.data[stores]
        around = AroundBlock(self._machine, self._launch, self._memory, site.block, site.thread)
        values = self._strike(around)
        foreign = self._foreign([around], {site.block: self._threads})
        if values is None or around.hangs or foreign is None or not among(foreign, stores).all():
            around.undo()
        else:
            effect = self._effect([around], {site.block: self._threads}, values, stores)
        self._memory.data[stores] = before
        return effect
