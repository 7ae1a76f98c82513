"""A program ready to run: plain, profiling and armed."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import sassafras.architectures as architectures_room
import sassafras.isa as isa_room
from sassafras.emulator.armed import ArmedBlock, SharedTurns
from sassafras.emulator.armed_function import ArmedFunction
from sassafras.emulator.context import NO_LIMIT, LaunchContext, address_of
from sassafras.emulator.drivers import armed_driver, plain_driver, with_float_rules
from sassafras.emulator.function import ThreadFunction
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import STATE, Status
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.plain import PlainFunction, SlicedFunction, has_barrier
from sassafras.emulator.profile import LaunchProfile, ProfileBuilder
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.errors import GoldenTrap
from sassafras.isa.kinds import Flow
from sassafras.isa.program import Program
from sassafras.isa.slicing import control_slice, shared_memory_slice
from sassafras.native import X86_CONTROL_WORD, NativeLibrary, host

_PROFILE_THREADS = 8192  #: threads whose counters are collected at a time
_ADDRESS = ctypes.c_void_p
_RUN = {"run": "ptr ptr i64 i64 ptr ptr"}
_WATCH = {"watch": "ptr ptr i32 i32 ptr ptr i64 ptr"}


@dataclass(frozen=True)
class RunResult:
    """What a run did: the trap that stopped it, if any; thread-instructions issued; those of the longest
    thread.
    """

    trap: Trap | None
    instructions: int
    longest: int


@cache
def source_digest() -> str:
    """Changes when the source of the emulator or of what it stands on does, so that stale compiled code is
    never used.
    """
    digest = hashlib.sha256()
    for room in (Path(__file__), Path(isa_room.__file__), Path(architectures_room.__file__)):
        for file in sorted(room.parent.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


class Machine:
    """Compiled forms of one program, made when first needed. Raises ListingError for what has no meaning."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.barrier = has_barrier(program)

    # compiling -------------------------------------------------------------------------------------------

    def _library(
        self, kind: str, make: Callable[[], ThreadFunction], driver: str, functions: dict[str, str]
    ) -> NativeLibrary:
        def text() -> str:
            rules = with_float_rules(functions, x86=host().x86, control_word=X86_CONTROL_WORD)
            return str(make().emit()) + driver + rules

        exports = [*(f"{name}_entry" for name in functions), "prepare_block"]
        key = f"{source_digest()} {self.program.digest} {kind}"
        # LLVM needs minutes for several jumps through tables (activate_array in copies), and gains little.
        tables = sum(instruction.flow is Flow.COMPUTED_JUMP for instruction in self.program.instructions)
        level = 1 if kind == "armed" else 0 if tables > 1 else 2
        return NativeLibrary(f"{self.program.name}-{kind}", text, exports, key=key, level=level)

    @cached_property
    def _plain_library(self) -> NativeLibrary:
        driver = plain_driver(barrier=self.barrier, row_bytes=0)
        functions = _RUN | (_WATCH if self.barrier else {})
        return self._library("plain", lambda: PlainFunction(self.program), driver, functions)

    @cached_property
    def _run_plain(self) -> Callable[..., int]:
        return self._runner(self._plain_library)

    @cached_property
    def _profiling_function(self) -> PlainFunction:
        return PlainFunction(self.program, profiling=True)

    @cached_property
    def _run_profiling(self) -> Callable[..., int]:
        driver = plain_driver(barrier=self.barrier, row_bytes=4 * self._profiling_function.counters)
        return self._runner(self._library("profile", lambda: self._profiling_function, driver, _RUN))

    def _runner(self, library: NativeLibrary) -> Callable[..., int]:
        number = ctypes.c_int64
        arguments = (_ADDRESS, _ADDRESS, number, number, _ADDRESS, _ADDRESS)
        return library.function("run_entry", ctypes.c_int32, *arguments)

    @cached_property
    def armed_library(self) -> NativeLibrary:
        """``run_block_entry``, ``step_entry`` and ``prepare_block`` of the armed build."""
        functions = {"run_block": "ptr ptr i32 i32 ptr", "step": "ptr ptr"}
        if self.barrier:
            functions["run_alone"] = "ptr ptr ptr ptr i64 ptr"
        driver = armed_driver(barrier=self.barrier)
        return self._library("armed", lambda: ArmedFunction(self.program), driver, functions)

    @cached_property
    def run_alone(self) -> Callable[..., int]:
        """``run_alone`` of the armed build of a kernel with barriers (see ``lone_drivers``)."""
        types = (_ADDRESS,) * 4 + (ctypes.c_int64, _ADDRESS)
        return self.armed_library.function("run_alone_entry", ctypes.c_int32, *types)

    @cached_property
    def armed_functions(self) -> tuple[Callable[..., int], Callable[..., int], Callable[..., None]]:
        """``run_block``, ``step`` and ``prepare_block`` of the armed build."""
        library, small = self.armed_library, ctypes.c_int32
        run_block = library.function("run_block_entry", small, _ADDRESS, _ADDRESS, small, small, _ADDRESS)
        step = library.function("step_entry", small, _ADDRESS, _ADDRESS)
        prepare = library.function("prepare_block", None, _ADDRESS, _ADDRESS, small, small, small)
        return run_block, step, prepare

    # running ---------------------------------------------------------------------------------------------

    def run(
        self, launch: Launch, memory: DeviceMemory, *, limit: int | None = None, blocks: range | None = None
    ) -> RunResult:
        """Run a launch (or a range of its blocks) on ``memory``, in block and thread order.

        ``limit``: dynamic instructions a thread may issue before it counts as hanging. After a trap the
        memory holds what was written so far.
        """
        context = LaunchContext(self.program, launch, memory, NO_LIMIT if limit is None else limit)
        chosen = range(launch.blocks) if blocks is None else blocks
        states = np.zeros(launch.threads_per_block if self.barrier else 1, STATE)
        return self._call(self._run_plain, context, states, chosen, None)

    def _call(
        self,
        function: Callable[..., int],
        context: LaunchContext,
        states: NDArray[np.void],
        blocks: range,
        counters: NDArray[np.int32] | None,
    ) -> RunResult:
        result = np.zeros(4, np.int64)
        rows = np.zeros(1, np.int32) if counters is None else counters
        status = function(
            context.address,
            address_of(states),
            blocks.start,
            blocks.stop,
            address_of(result),
            address_of(rows),
        )
        trap = None
        if status != Status.EXITED:
            block, thread = int(result[2]), int(result[3])
            state = states[thread if self.barrier else 0]
            offset = self.program.instructions[int(state["pc"])].offset
            trap = Trap(TrapKind(status), block, thread, offset)
        return RunResult(trap, int(result[0]), int(result[1]))

    def profile(self, launch: Launch, memory: DeviceMemory) -> LaunchProfile:
        """Run a launch and count. Raises GoldenTrap if it traps: a golden run does not."""
        rows = self._count(self._run_profiling, self._profiling_function, launch, memory)
        return rows.finish(*self._profiling_function.counter_map())

    @property
    def is_data_free(self) -> bool:
        """Whether threads take the same way whatever memory holds (`isa.slicing.control_slice`)."""
        return self._counting_function is not None

    def count(self, launch: Launch) -> LaunchProfile:
        """How often each instruction is issued, of a program that `is_data_free`: only what the way of the
        threads depends on is run, without any memory. Guards are not looked at: ``executed`` is ``issued``.
        """
        function = self._counting_function
        assert function is not None, f"the way through {self.program.name} depends on data"
        rows = self._count(self._run_counting, function, launch, _no_memory())
        issued, _ = function.counter_map()
        return rows.finish(issued, issued)

    def _count(
        self, run: Callable[..., int], function: PlainFunction, launch: Launch, memory: DeviceMemory
    ) -> ProfileBuilder:
        builder = ProfileBuilder(function.counters)
        context = LaunchContext(self.program, launch, memory, NO_LIMIT)
        states = np.zeros(launch.threads_per_block if self.barrier else 1, STATE)
        step = max(1, _PROFILE_THREADS // launch.threads_per_block)
        for first in range(0, launch.blocks, step):
            blocks = range(first, min(first + step, launch.blocks))
            rows = np.zeros((len(blocks) * launch.threads_per_block, function.counters), np.int32)
            result = self._call(run, context, states, blocks, rows)
            if result.trap is not None:
                raise self._golden_trap(launch, result.trap)
            builder.add(rows)
        return builder

    def _golden_trap(self, launch: Launch, trap: Trap) -> GoldenTrap:
        index = self.program.index_of_offset[trap.offset]
        kind = trap.kind.name
        if trap.kind is TrapKind.SHARED_OUT_OF_RANGE:
            own, added = self.program.shared_bytes, launch.shared_bytes
            kind += f" (shared memory: {own} bytes of the kernel's own and {added} of the launch)"
        return GoldenTrap(
            f"{self._named(launch)}: without a fault, thread {trap.thread} of block {trap.block} stopped at "
            f'{trap.offset:#06x}, "{self.program.instructions[index].text}": {kind}; give the '
            "kernel arguments and memory with which it runs through"
        )

    def _named(self, launch: Launch) -> str:
        return f"{self.program.name}, launch of grid {launch.grid} and block {launch.block}"

    @cached_property
    def _counting_function(self) -> SlicedFunction | None:
        chosen = control_slice(self.program)
        return None if chosen is None else SlicedFunction(self.program, chosen, profiling=True)

    @cached_property
    def _run_counting(self) -> Callable[..., int]:
        function = self._counting_function
        assert function is not None
        driver = plain_driver(barrier=self.barrier, row_bytes=4 * function.counters)
        return self._runner(self._library("count", lambda: function, driver, _RUN))

    @cached_property
    def _watching_library(self) -> NativeLibrary:
        """The plain build of what matters to shared memory alone, if that can be told; else all of it."""
        chosen = shared_memory_slice(self.program)
        if chosen is None:
            return self._plain_library
        driver = plain_driver(barrier=True, row_bytes=0)
        return self._library("watch", lambda: SlicedFunction(self.program, chosen), driver, _WATCH)

    @cached_property
    def _watchers(self) -> tuple[Callable[..., int], Callable[..., int]]:
        """``watch`` of the plain build, and of the sliced one."""
        types = (_ADDRESS, _ADDRESS, ctypes.c_int32, ctypes.c_int32, _ADDRESS, _ADDRESS, ctypes.c_int64)
        whole, sliced = (
            library.function("watch_entry", ctypes.c_int32, *types, _ADDRESS)
            for library in (self._plain_library, self._watching_library)
        )
        return whole, sliced

    def watch(
        self,
        launch: Launch,
        memory: DeviceMemory,
        block: int,
        thread: int,
        most_turns: int,
        *,
        private: bool,
    ) -> SharedTurns:
        """What shared memory one thread of a block finds and leaves between barriers, without a fault.

        The block is run: what it stores in ``memory`` is the caller's to put back. ``most_turns``: at least
        as many as the thread has (its dynamic instructions, say). ``private``: no thread loads from global
        memory what another one stores; then only what matters to shared memory is run. Raises GoldenTrap for
        a block that traps or has more turns.
        """
        context = LaunchContext(self.program, launch, memory, NO_LIMIT)
        states = np.zeros(launch.threads_per_block, STATE)
        turns, shared = np.zeros(1, np.int64), len(context.shared)
        before, after = (np.empty((most_turns, shared), np.uint8) for _ in range(2))
        status = self._watchers[private](
            context.address, address_of(states), block, thread,
            address_of(before), address_of(after), most_turns, address_of(turns),
        )  # fmt: skip
        if status != Status.EXITED:
            raise GoldenTrap(
                f"{self._named(launch)}: block {block}, run without a fault, ended with status {status}"
            )
        count = int(turns[0])
        return SharedTurns(before[:count], after[:count])

    def arm(
        self,
        launch: Launch,
        memory: DeviceMemory,
        block: int,
        threads: Sequence[int] | None = None,
        shared: SharedTurns | None = None,
    ) -> ArmedBlock:
        """One block of the launch under control, or only some of its threads, where threads cannot wait for
        each other; or one thread with ``shared``, what it finds and leaves between barriers.
        """
        return ArmedBlock(self, launch, memory, block, threads, shared)


@cache
def _no_memory() -> DeviceMemory:
    """For programs that look at none."""
    return DeviceMemory(lay_out([("nothing", 1)]))


_machines: dict[str, Machine] = {}


def machine_of(program: Program) -> Machine:
    """The machine of a program, made when first asked for; one per process."""
    if program.digest not in _machines:
        _machines[program.digest] = Machine(program)
    return _machines[program.digest]


def compile_program(program: Program) -> Machine:
    """A machine for the program."""
    return Machine(program)
