"""One block of a launch under control: stop it before any dynamic instruction, look, change, resume, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed_function import EXECUTED
from sassafras.emulator.context import NO_LIMIT, LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import ACCESS, STATE, AccessKind, Progress, Status, Turn, offset_of
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.emulator.windows import WINDOWS, generic_space, local_bytes, local_start
from sassafras.isa.kinds import Space
from sassafras.isa.locations import File
from sassafras.isa.operands import PT, URZ
from sassafras.native import address_of

if TYPE_CHECKING:
    from sassafras.emulator.machine import Machine

_LOG_START = 1024  #: entries of the access log to begin with
_LOG_START_OF_BLOCK = 1 << 19  #: of a whole block that loads tile by tile (untouched pages cost nothing)
_NO_TRACE = np.zeros(1, np.uint32)
_NO_TRACE_AT = address_of(_NO_TRACE)


_SPACES = {
    AccessKind.GLOBAL_STORE: Space.GLOBAL,
    AccessKind.SHARED_STORE: Space.SHARED,
    AccessKind.LOCAL_STORE: Space.LOCAL,
}
_GLOBAL_STORE = int(AccessKind.GLOBAL_STORE)  # arrays compare with plain integers at once
_OLD = offset_of(ACCESS, "old")


class Stop(Enum):
    """Why control came back."""

    REACHED = "reached"  #: the thread is about to issue the instruction asked for
    FINISHED = "finished"  #: every thread has ended
    TRAPPED = "trapped"  #: see ``ArmedBlock.trap``
    DIFFERS = "differs"  #: a thread run alone has stored in shared memory what it does not in the golden run


class ArmedBlock:
    """Threads of one block, run in the defined order, stoppable before any dynamic instruction of any of
    them.

    ``threads``: linear indexes inside the block; all of them by default. Raises ValueError where threads are
    left out of a kernel in which they wait for each other (one of them: `alone`), or do not exist.
    """

    apart = False  #: whether one thread is run apart from the others

    def __init__(
        self,
        machine: Machine,
        launch: Launch,
        memory: DeviceMemory,
        block: int,
        threads: Sequence[int] | None,
    ) -> None:
        known = range(launch.threads_per_block)
        chosen = list(known) if threads is None else sorted(threads)
        distinct = len(set(chosen)) == len(chosen) > 0 and chosen[0] in known and chosen[-1] in known
        if not distinct or not 0 <= block < launch.blocks:
            raise ValueError(
                f"{machine.program.name}: the launch has no such block or threads: {block}, {chosen[:8]}"
            )
        if machine.warps and self.apart:
            raise ValueError(f"{machine.program.name}: a lane of a warp in lock step does not run alone")
        if machine.barrier and len(chosen) != launch.threads_per_block and not self.apart:
            raise ValueError(f"{machine.program.name} has barriers: all threads of a block run together")
        self.machine = machine
        self.block = block
        self.trap: Trap | None = None
        self.differs = False  #: a thread run alone has left other shared memory than in the golden run
        self._memory = memory
        self._context = LaunchContext(machine.program, launch, memory, NO_LIMIT)
        self._position = {thread: k for k, thread in enumerate(chosen)}
        self._states = np.zeros(len(chosen), STATE)
        self._states_at = address_of(self._states)
        whole = machine.barrier and not self.apart
        self._log = np.empty(_LOG_START_OF_BLOCK if whole else _LOG_START, ACCESS)
        self._traces: dict[int, NDArray[np.uint32]] = {}
        self._from = 0
        self._bind()
        self._prepare(chosen)

    def _bind(self) -> None:
        self._run_block, self._step, self._prepare_block = self.machine.armed_functions
        self._context.use_log(self._log)

    def _prepare(self, chosen: list[int]) -> None:
        if chosen[-1] - chosen[0] + 1 == len(chosen):
            runs = [(0, chosen[0], chosen[-1] + 1)]
        else:
            runs = [(k, thread, thread + 1) for k, thread in enumerate(chosen)]
        for k, first, last in runs:
            states = self._states_at + k * STATE.itemsize
            self._prepare_block(self._context.address, states, self.block, first, last)
        self._states["trace"] = _NO_TRACE_AT

    # running ---------------------------------------------------------------------------------------------

    def keep_trace(self, thread: int, instructions: int) -> None:
        """Keep the first ``instructions`` entries of a thread's trace. To be called before it runs."""
        trace = np.empty(instructions + 1, np.uint32)
        self._traces[thread] = trace
        state = self._states[self._position[thread]]
        state["trace"], state["trace_capacity"] = address_of(trace), instructions

    def run_until(self, thread: int, count: int, limit: int = NO_LIMIT) -> Stop:
        """Run on until ``thread`` is about to issue its dynamic instruction number ``count`` (from 0).

        ``limit``: dynamic instructions that any other thread may have issued before it counts as hanging.
        Raises ValueError when the thread has issued more than ``count`` already.
        """
        if self.trap is not None:
            return Stop.TRAPPED
        if self.issued(thread) > count:
            raise ValueError(
                f"thread {thread} has issued {self.issued(thread)} instructions, more than {count}"
            )
        position = self._position[thread]
        self._states["limit"] = limit
        self._states["limit"][position] = min(count, limit)
        status, where = self._advance()
        if status == Status.LIMIT and where == position and count <= limit:
            return Stop.REACHED
        return self._stopped(status, where)

    def run_to(self, stops: Mapping[int, int], limit: int) -> tuple[Stop, int | None]:
        """Run on until any thread of ``stops`` (thread -> count) is about to issue its instruction of that
        number.

        Returns REACHED and that thread; the others are watched with ``limit``. FINISHED or TRAPPED come
        without a thread.
        """
        if self.trap is not None:
            return Stop.TRAPPED, None
        self._states["limit"] = limit
        for thread, count in stops.items():
            self._states["limit"][self._position[thread]] = count
        status, where = self._advance()
        if status == Status.LIMIT:
            for thread in stops:
                if self._position[thread] == where:
                    return Stop.REACHED, thread
        return self._stopped(status, where), None

    def step(self, thread: int) -> Stop:
        """Issue exactly one instruction of a thread that ``run_until`` has reached. (A lane that has come to
        where the others of its warp are waited for: they run on first, until it is about to issue.)

        REACHED: done, the thread goes on (or waits at the barrier it has met). FINISHED: the thread has
        ended. Raises ValueError for any other thread, and for one that waits or has ended: stepping it would
        break the defined order.
        """
        position = self._position[thread]
        if self.trap is not None:
            return Stop.TRAPPED
        if position != self._from or self._states["status"][position] != Progress.RUNNABLE:
            raise ValueError(f"thread {thread} is not the one whose turn it is")
        state = self._states[position : position + 1]
        if self.machine.warps and state["turn"][0] == Turn.NONE:
            state["limit"] = state["count"]
            status, where = self._advance()
            if status != Status.LIMIT or where != position:
                return self._stopped(status, where)
        state["limit"] = state["count"] + 1
        place = self._states_at + position * STATE.itemsize
        while (status := self._step(place, self._context.address)) == Status.LOG_FULL:
            self._grow_log()
        self._from = position
        if status in (Status.LIMIT, Status.MET):
            return Stop.REACHED
        if status == Status.BARRIER:
            state["status"] = Progress.AT_BARRIER
            return Stop.REACHED
        if status == Status.EXITED:
            state["status"] = Progress.EXITED
            return Stop.FINISHED
        return self._stopped(status, position)

    def run(self, limit: int) -> Stop:
        """Run to the end; a thread that would issue more than ``limit`` dynamic instructions hangs."""
        if self.trap is not None:
            return Stop.TRAPPED
        self._states["limit"] = limit
        return self._stopped(*self._advance())

    def _advance(self) -> tuple[int, int]:
        """Run until something other than a full log happens; returns status and position."""
        where = np.zeros(1, np.int32)
        place = address_of(where)
        while True:
            status = self._run_block(
                self._context.address,
                self._states_at,
                len(self._states),
                self._from,
                place,
            )
            if status != Status.EXITED:
                self._from = int(where[0])
            if status != Status.LOG_FULL:
                return int(status), int(where[0])
            self._grow_log()

    def _grow_log(self) -> None:
        log = np.empty(2 * len(self._log), ACCESS)  # pages that nobody touches cost nothing
        log[: len(self._log)] = self._log
        self._log = log
        self._context.use_log(self._log)

    def _stopped(self, status: int, position: int) -> Stop:
        if status == Status.EXITED:
            return Stop.FINISHED
        if status == Status.SHARED_DIFFERS:
            self.differs = True
            return Stop.DIFFERS
        kind = TrapKind.HANG if status == Status.LIMIT else TrapKind(status)
        thread = next(t for t, k in self._position.items() if k == position)
        self.set_trap(kind, thread)
        return Stop.TRAPPED

    def set_trap(self, kind: TrapKind, thread: int) -> None:
        """Stop the block with a trap where ``thread`` stands."""
        instructions = self.machine.program.instructions
        offset = instructions[min(max(self.pc(thread), 0), len(instructions) - 1)].offset
        self.trap = Trap(kind, self.block, thread, offset)

    # looking and changing --------------------------------------------------------------------------------

    def registers(self, thread: int) -> NDArray[np.uint32]:
        """The allocated registers, uint32 (register_count,), as a view."""
        view: NDArray[np.uint32] = self._states["registers"][self._position[thread]]
        return view[: self.machine.program.register_count]

    def predicates(self, thread: int) -> NDArray[np.uint8]:
        """P0 to P6 as 0 or 1, a view."""
        view: NDArray[np.uint8] = self._states["predicates"][self._position[thread]]
        return view[:7]

    def uniform(self, thread: int) -> NDArray[np.uint32]:
        """The thread's copy of its warp's registers UR0 to UR62, a view."""
        view: NDArray[np.uint32] = self._states[File.UNIFORM][self._position[thread]]
        return view[:URZ]

    def uniform_predicates(self, thread: int) -> NDArray[np.uint8]:
        """Its copy of UP0 to UP6 as 0 or 1, a view."""
        view: NDArray[np.uint8] = self._states[File.UNIFORM_PREDICATES][self._position[thread]]
        return view[:PT]

    def condition_codes(self, thread: int) -> NDArray[np.uint8]:
        """Z, S, C (carry count), O, a view."""
        view: NDArray[np.uint8] = self._states["cc"][self._position[thread]]
        return view

    def pc(self, thread: int) -> int:
        """Index of the instruction where the thread stands."""
        return int(self._states["pc"][self._position[thread]])

    def issued(self, thread: int) -> int:
        """Dynamic instructions that the thread has issued."""
        return int(self._states["count"][self._position[thread]])

    def ended(self, thread: int) -> bool:
        """Whether the thread has ended."""
        return bool(self._states["status"][self._position[thread]] == Progress.EXITED)

    def trace(self, thread: int) -> NDArray[np.uint32]:
        """Instruction index per issued instruction, bit 31 set where its guard was true (as far as kept)."""
        return self._traces[thread][: min(self.issued(thread), len(self._traces[thread]) - 1)]

    @property
    def shared(self) -> NDArray[np.uint8]:
        """The block's shared memory."""
        return self._context.shared

    def accesses(self) -> NDArray[np.void]:
        """The log so far: global loads, and all stores, in order (dtype ``layout.ACCESS``)."""
        return self._log[: self._context.logged]

    def bytes_at(self, kind: AccessKind, thread: int, offset: int, nbytes: int) -> NDArray[np.uint8]:
        """Bytes of global (by arena offset), shared or a thread's local memory, as a view."""
        return self._space(kind, thread)[offset : offset + nbytes]

    def _space(self, kind: AccessKind, thread: int) -> NDArray[np.uint8]:
        """All that an access of a thread can reach."""
        match kind:
            case AccessKind.GLOBAL_LOAD | AccessKind.GLOBAL_STORE:
                return self._memory.data
            case AccessKind.SHARED_LOAD | AccessKind.SHARED_STORE:
                return self._context.shared[: int(self._context.record["shared_bytes"][0])]
            case AccessKind.LOCAL_STORE:
                size = local_bytes(self.machine.program)
                return self._context.local[thread * size : (thread + 1) * size]
            case _:
                assert_never(kind)

    def origin(self, space: Space, kind: AccessKind, base: int) -> int:
        """The address by which an instruction that speaks of ``space`` reaches the first byte of what a kind
        of store reaches. ``base``: device address of the arena.
        """
        program = self.machine.program
        near = {AccessKind.SHARED_STORE: 0, AccessKind.LOCAL_STORE: local_start(program)}
        window = WINDOWS.get(_SPACES[kind], 0) if space is Space.GENERIC else 0
        return window + near.get(kind, base)

    def reached(self, space: Space, address: int) -> AccessKind:
        """The kind of store that an instruction that speaks of ``space`` makes at an address."""
        meant = generic_space(address) if space is Space.GENERIC else space
        return next(kind for kind, one in _SPACES.items() if one is meant)

    def address_trap(
        self, kind: AccessKind, thread: int, offset: int, nbytes: int, *, aligned: bool
    ) -> TrapKind | None:
        """The trap of an access at an offset, None if it would succeed. Alignment is checked first, as in
        compiled code.
        """
        if not aligned:
            return TrapKind.MISALIGNED_ADDRESS
        if 0 <= offset <= len(self._space(kind, thread)) - nbytes:
            return None
        wide = _SPACES[kind] is Space.GLOBAL
        return TrapKind.ILLEGAL_ADDRESS if wide else TrapKind.SHARED_OUT_OF_RANGE

    def log_store(
        self, offset: int, nbytes: int, kind: AccessKind, thread: int, pc: int
    ) -> NDArray[np.uint8]:
        """Log a store of instruction ``pc`` that is made by hand; returns the bytes to be written, a view."""
        count = self._context.logged
        if count == len(self._log):
            self._grow_log()
        target = self.bytes_at(kind, thread, offset, nbytes)
        entry = self._log[count : count + 1]
        entry["offset"], entry["nbytes"], entry["kind"], entry["thread"] = offset, nbytes, kind, thread
        entry["pc"] = pc
        entry["old"][0, :nbytes] = target
        self._context.logged = count + 1
        return target

    def undo(self) -> None:
        """Put back every byte of global memory that was stored over."""
        log = self.accesses()
        kinds, sizes, offsets = log["kind"], log["nbytes"], log["offset"]
        stores = np.flatnonzero(kinds == _GLOBAL_STORE)[::-1]
        if len(stores) == 0:
            return
        sizes, offsets = sizes[stores], offsets[stores]
        lanes = np.arange(int(sizes.max()))
        old = log.view(np.uint8).reshape(len(log), ACCESS.itemsize)[stores, _OLD : _OLD + len(lanes)]
        places = offsets[:, None] + lanes
        # Of a byte stored over more than once, what its first store replaced is assigned last, and stays.
        if int(sizes.min()) == len(lanes):
            self._memory.data[places] = old
        else:
            chosen = lanes < sizes[:, None]
            self._memory.data[places[chosen]] = old[chosen]


def executed_mask(trace: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which entries of a trace had a true guard."""
    mask: NDArray[np.bool_] = (trace & np.uint32(EXECUTED)) != 0
    return mask


def instruction_indexes(trace: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Instruction index of each entry of a trace."""
    return (trace & np.uint32(EXECUTED - 1)).astype(np.int64)
