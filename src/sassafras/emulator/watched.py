"""Blocks whose accesses to memory are looked at between their barriers: without a fault, and with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.context import NO_LIMIT, LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import ACCESS, STATE, LetGo, Status
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.native import address_of

if TYPE_CHECKING:
    from sassafras.emulator.machine import Machine

_LOG_START = 1 << 16


class WatchedLaunch:
    """Runs blocks of a launch, warps in lock step, in place. ``trap``: of the block that stopped, if any.
    ``limit``: dynamic instructions of a thread, beyond which it hangs; ``entries``: kept of each thread's
    trace.
    """

    def __init__(
        self,
        machine: Machine,
        launch: Launch,
        memory: DeviceMemory,
        limit: int = NO_LIMIT,
        entries: int = 0,
    ) -> None:
        self.trap: Trap | None = None
        self._machine = machine
        self._context = LaunchContext(machine.program, launch, memory, limit)
        self._states = np.zeros(launch.threads_per_block, STATE)
        self._traces = np.empty((launch.threads_per_block, entries + 1), np.uint32)
        self._log = np.empty(_LOG_START, ACCESS)
        self._context.use_log(self._log)

    @property
    def shared(self) -> NDArray[np.uint8]:
        """The shared memory of the block that has run last."""
        return self._context.shared

    @property
    def issued(self) -> NDArray[np.int64]:
        """Dynamic instructions of each of its threads."""
        return self._states["count"]

    @property
    def traces(self) -> NDArray[np.uint32]:
        """The beginning of each of its threads' traces, uint32 (threads, entries): as `ArmedBlock.trace`."""
        return self._traces[:, :-1]

    def intervals(self, block: int) -> Iterator[NDArray[np.void]]:
        """Run a block from barrier to barrier; yields what it accessed since the last one: global and shared
        loads and stores in order (dtype ``layout.ACCESS``), a view that does not last.
        """
        prepare, phase, let_go, _ = self._machine.watching_functions
        states, count = address_of(self._states), len(self._states)
        where = np.zeros(1, np.int32)
        prepare(self._context.address, states, block, 0, count)
        rows = self._traces.strides[0] * np.arange(count, dtype=np.uint64)
        self._states["trace"] = address_of(self._traces) + rows
        self._states["trace_capacity"] = self._traces.shape[1] - 1
        again = True
        while again and self.trap is None:
            self._context.logged = 0
            self._stop(self._phase(phase, states, count, where), block, int(where[0]))
            yield self._log[: self._context.logged]
            went = let_go(self._context.address, states, count, address_of(where))
            again = went == LetGo.SOME
            if went == LetGo.STUCK:
                self._stop(TrapKind.HANG, block, int(where[0]))

    def _phase(self, phase: Callable[..., int], states: int, count: int, where: NDArray[np.int32]) -> int:
        while True:
            status = phase(self._context.address, states, count, address_of(where))
            if status != Status.LOG_FULL:
                return status
            self._log = np.concatenate([self._log, np.empty(len(self._log), ACCESS)])
            self._context.use_log(self._log)

    def _stop(self, status: int, block: int, thread: int) -> None:
        if status != Status.EXITED and self.trap is None:
            offset = self._machine.program.instructions[int(self._states["pc"][thread])].offset
            kind = TrapKind.HANG if status == Status.LIMIT else TrapKind(status)
            self.trap = Trap(kind, block, thread, offset)


class WatchedBlock(ArmedBlock):
    """A block under control that logs loads from shared memory too, and comes back when no thread can go on
    before others have come to a barrier: then `Stop.FINISHED`, and `pass_barriers` says whether any go on.
    """

    def _bind(self) -> None:
        self._prepare_block, self._phase, self._let_go, self._step = self.machine.watching_functions
        self._run_block = self._to_barriers
        self._context.use_log(self._log)

    def _to_barriers(self, context: int, states: int, count: int, _first: int, where: int) -> int:
        return int(self._phase(context, states, count, where))

    def intervals(self, limit: int, before: Callable[[], bool] = lambda: True) -> Iterator[NDArray[np.void]]:
        """Run to the end; yields what the block accesses from barrier to barrier. ``before``: done first in
        each interval; it says whether the block may run on.
        """
        again = True
        while again:
            start = len(self.accesses())
            if before():
                self.run(limit)
            yield self.accesses()[start:]
            again = self.trap is None and self.pass_barriers()

    def pass_barriers(self) -> bool:
        """Let threads go on behind barriers that are complete. False where none does: all have ended, or they
        hang (``trap``).
        """
        where = np.zeros(1, np.int32)
        went = self._let_go(self._context.address, self._states_at, len(self._states), address_of(where))
        if went == LetGo.STUCK:
            self.set_trap(TrapKind.HANG, int(where[0]))
        return bool(went == LetGo.SOME)
