"""One thread of a block under control, although the others wait for it: alone, or with the others around it
that nobody looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.context import LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import ACCESS, AccessKind, Progress, Status
from sassafras.emulator.lone_drivers import PLACE_BYTES, TURN
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.traps import TrapKind
from sassafras.native import address_of

if TYPE_CHECKING:
    from sassafras.emulator.machine import Machine


@dataclass(frozen=True)
class GoldenTurns:
    """What a thread stores in shared memory in its golden run. ``stored``: the first words of the entries of
    its log, int64 (stores, 2); ``ends``: how many of them there are before each of its turns and behind the
    last, int64 (turns + 1,).
    """

    stored: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True)
class BlockImages:
    """Shared memory of a block at the end of each phase, from barrier to barrier: ``rows``, uint8 (images,
    bytes), of which phase k has number ``row_of[k]``, int64 (phases,).
    """

    rows: NDArray[np.uint8]
    row_of: NDArray[np.int64]

    @property
    def phases(self) -> NDArray[np.uint8]:
        """All of them, uint8 (phases, bytes)."""
        return self.rows[self.row_of]


class LoneBlock(ArmedBlock):
    """A thread that runs alone.

    ``images``: shared memory of the golden run; None: of a thread whose way and addresses depend on no data,
    which then finds what it left. ``golden``: what it stores there in the golden run (``Stop.DIFFERS``: it
    stores elsewhere, and the others have to be run too); None: this is its golden run, of at most
    ``most_turns`` turns. ``views``: uint8 (phases, bytes), to be written from phase `deviates` on, with what
    it leaves instead (None: then it differs there).
    """

    apart = True

    def __init__(
        self,
        machine: Machine,
        launch: Launch,
        memory: DeviceMemory,
        block: int,
        thread: int,
        images: BlockImages | None,
        golden: GoldenTurns | None = None,
        views: NDArray[np.uint8] | None = None,
        *,
        most_turns: int = 0,
    ) -> None:
        super().__init__(machine, launch, memory, block, (thread,))
        self._images, self._golden = images, golden
        self._views, self._ends = views, np.empty(most_turns + 1, np.int64) if golden is None else golden.ends
        self._ends[0] = 0
        self._cursor = np.array([0, 0, -1], np.int64)  # TURN, SEEN, DEVIATED
        if images is not None:
            self._context.look_behind(images.rows[int(images.row_of[0])])

    @property
    def heard(self) -> bool:
        """Whether it has loaded from shared memory what other threads may have stored in the same phase: it
        may have found what it does not find among them.
        """
        return self._context.heard

    @property
    def turns(self) -> GoldenTurns:
        """What it has stored, after a golden run."""
        log = self.accesses()
        stores = np.flatnonzero(log["kind"] == int(AccessKind.SHARED_STORE))
        words = log.view(np.int64).reshape(len(log), ACCESS.itemsize // 8)[stores, : PLACE_BYTES // 8]
        ends = self._ends[: int(self._cursor[TURN // 8]) + 2]
        return GoldenTurns(np.ascontiguousarray(words), np.searchsorted(stores, ends))

    @property
    def deviates(self) -> range | None:
        """The phases behind which shared memory is as ``views`` say, as far as it has come; None: it has left
        what it leaves in the golden run.
        """
        turn, _, first = self._cursor.tolist()
        ended = bool(self._states["status"][0] == Progress.EXITED)
        return None if first < 0 else range(first, turn + ended)

    def hand_on(self, context: LaunchContext, phases: range) -> None:
        """Have a run of the whole block leave in shared memory what this thread has left."""
        assert self._views is not None and self._golden is not None
        context.correct(self._views, self._golden.stored, self._golden.ends, phases)

    def _advance(self) -> tuple[int, int]:
        images, golden = self._images, self._golden
        arguments = (
            self._context.address,
            self._states_at,
            None if images is None else address_of(images.rows),
            None if images is None else address_of(images.row_of),
            None if self._views is None else address_of(self._views),
            None if golden is None else address_of(golden.stored),
            address_of(self._ends),
            len(self._ends) - 1,
            address_of(self._cursor),
        )
        while (status := self.machine.run_alone(*arguments)) == Status.LOG_FULL:
            self._grow_log()
        return int(status), 0


class AroundBlock(ArmedBlock):
    """A thread with the others of its block around it, which run in the plain build: they leave no trace and
    no log. Only a ``limit`` that nobody comes near is told exactly of them: see ``hangs``.
    """

    apart = True

    def __init__(
        self, machine: Machine, launch: Launch, memory: DeviceMemory, block: int, thread: int
    ) -> None:
        self.hangs = False  #: whether one of the others has come to its limit, or nearly
        super().__init__(machine, launch, memory, block, None)
        self._own = thread

    def _advance(self) -> tuple[int, int]:
        where = np.zeros(1, np.int32)
        run_around, armed = self.machine.around_functions
        while True:
            status = run_around(
                self._context.address,
                self._states_at,
                len(self._states),
                self._from,
                armed,
                self._own,
                address_of(where),
            )
            place = int(where[0])
            if status != Status.EXITED:
                self._from = place
            if status != Status.LOG_FULL:
                self.hangs = status == TrapKind.HANG and place != self._own
                return int(status), place
            self._grow_log()
