"""The launch in which the fault strikes a thread that waits for others: it is run alone, and the others only
where they can tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.alone import AroundBlock, LoneBlock
from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.block_images import run_with
from sassafras.emulator.layout import AccessKind
from sassafras.isa.slicing import has_known_way
from sassafras.simulation.strike import Values
from sassafras.simulation.struck_launch import NO_DIFFERENCE, LaunchEffect, StruckLaunch, bytes_of


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
        alike = images.stores is not None and has_known_way(self._machine.program)
        views = self._blocks.views(images) if alike else None
        lone = LoneBlock(
            self._machine, self._launch, self._memory, site.block, site.thread, images.phases, turns, views
        )
        values = self._strike(lone)
        if values is not None and not lone.differs and not lone.heard:
            return self._lone_effect(lone, values)
        lone.undo()
        return None if images.stores is None or not alike else self._run_around(images.stores)

    def _lone_effect(self, lone: LoneBlock, values: Values) -> LaunchEffect | None:
        """What the thread that has run alone has done, and the others with what it has left them. Undoes it;
        None where it has touched what belongs to another thread, or has not found what it would have.
        """
        if self._touches_foreign(lone):
            lone.undo()
            return None
        phases, members = lone.deviates, {lone.block: self._threads}
        if phases is None:
            return self._effect([lone], members, values)
        log = lone.accesses()
        places = bytes_of(log, AccessKind.GLOBAL_STORE)
        left = self._memory.data[places]
        lone.undo()
        ran = run_with(self._machine, self._launch, self._memory, lone, phases)
        if ran is None:
            return None
        if lone.trap is not None:
            return LaunchEffect(lone.trap, NO_DIFFERENCE, values)
        theirs, stored = ran
        own = np.isin(theirs, bytes_of(self._threads.accesses, AccessKind.GLOBAL_STORE))
        stored[own] = self._memory.data[theirs[own]]
        every = np.union1d(theirs, places)
        faulty = self._memory.data[every]
        faulty[np.searchsorted(every, theirs)] = stored
        faulty[np.searchsorted(every, places)] = left
        return LaunchEffect(None, self._against_golden(every, faulty), values)

    def _run_around(self, stores: NDArray[np.int64]) -> LaunchEffect | None:
        """Emulate the struck block, of which only the struck thread is looked at. ``stores``: what the block
        stores in the golden run; all other threads store there and nowhere else.
        """
        site, before, effect = self._fault.site, self._memory.data[stores], None
        around = AroundBlock(self._machine, self._launch, self._memory, site.block, site.thread)
        values = self._strike(around)
        if values is None or around.hangs or self._touches_foreign(around):
            around.undo()
        else:
            effect = self._effect([around], {site.block: self._threads}, values, stores)
        self._memory.data[stores] = before
        return effect

    def _touches_foreign(self, armed: ArmedBlock) -> bool:
        """Whether the struck thread has touched what belongs to another thread of the launch."""
        foreign = self._foreign([armed], {armed.block: self._threads})
        return foreign is None or len(foreign) > 0
