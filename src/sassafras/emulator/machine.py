"""A program ready to run: plain, profiling and armed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.armed_function import ArmedFunction
from sassafras.emulator.context import NO_LIMIT, LaunchContext
from sassafras.emulator.counters import BlockCounters
from sassafras.emulator.effort import effort
from sassafras.emulator.function import ThreadFunction
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import STATE, Status
from sassafras.emulator.lone_drivers import LoneDrivers
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.module_memory import module_request
from sassafras.emulator.plain import PlainFunction, SlicedFunction, has_barrier
from sassafras.emulator.profile import LaunchProfile, ProfileBuilder
from sassafras.emulator.trapped import trapped
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.emulator.vector.choice import Form, chosen_form, is_large
from sassafras.emulator.vector.runner import WideRunner
from sassafras.emulator.warp_drivers import WarpDrivers
from sassafras.emulator.warp_function import PlainWarpFunction, WarpFunction, WatchingFunction
from sassafras.emulator.way_counter import CountingFunction
from sassafras.emulator.windows import local_bytes
from sassafras.errors import GoldenTrap
from sassafras.isa.program import Program, of_program
from sassafras.isa.slicing import Slice, control_slice, shared_memory_slice, without_tail
from sassafras.native import Host, NativeLibrary, address_of, host
from sassafras.sources import source_key

_PROFILE_THREADS = 8192  #: threads whose counters are collected at a time
_WRITERS = {
    kind: (f"emulator.{function}", f"emulator.{drivers}", "isa.parser")
    for kind, function, drivers in (
        ("plain", "plain", "lone_drivers"),
        ("armed", "armed_function", "lone_drivers"),
        ("count", "way_counter", "lone_drivers"),
        ("warps", "warp_function", "warp_drivers"),
    )
}  #: modules that decide the code of a build


@dataclass(frozen=True)
class RunResult:
    """What a run did: the trap that stopped it, if any; thread-instructions issued; those of the longest
    thread.
    """

    trap: Trap | None
    instructions: int
    longest: int

    def followed_by(self, other: RunResult) -> RunResult:
        """Of two runs, the second behind the first."""
        longest = max(self.longest, other.longest)
        return RunResult(other.trap, self.instructions + other.instructions, longest)


def _function(library: NativeLibrary, name: str) -> Callable[..., Any]:
    signatures = {**WarpDrivers.signatures, **LoneDrivers.signatures}
    return library.typed(f"{name}_entry", signatures[name])


class Machine:
    """Compiled forms of one program, made when first needed. Raises ListingError for what has no meaning.

    Whole launches and their profiles are run wide where that is worth it (`vector.choice`), else thread by
    thread. Nobody can tell which it was, for programs in which no lane can: a block of a wide run in which
    anything happens that depends on the order of threads (a trap, a hang) is taken back, and it and all
    behind it run thread by thread, from the very memory that they would have found.
    """

    def __init__(self, program: Program, form: Form | None = None, target: Host | None = None) -> None:
        """``form``: in which whole launches run; None: as is best for each. ``target``: a processor that runs
        here, for which wide forms are compiled; None: this one.
        """
        self.program = program
        self.warps = program.is_warp_synchronous  #: warps run in lock step: a block is run as a whole
        self.barrier = has_barrier(program) or self.warps
        self._form = form
        self._target = target or host()

    # compiling -------------------------------------------------------------------------------------------

    def _library(
        self,
        kind: str,
        make: Callable[[], ThreadFunction],
        *names: str,
        row_bytes: int = 0,
        waits: bool = True,
    ) -> NativeLibrary:
        """The functions ``names`` of `Drivers` around a form of the thread."""
        lock_step = self.warps and waits
        kind = f"{kind}-warps" if lock_step else kind

        def text() -> str:
            module = make().emit()
            drivers = WarpDrivers if lock_step else LoneDrivers
            drivers(
                module,
                barrier=self.barrier and waits,
                row_bytes=row_bytes,
                local_bytes=local_bytes(self.program),
            ).add(names)
            return str(module)

        writers = "warps" if lock_step else kind.partition(" ")[0]
        sources = source_key(*_WRITERS.get(writers, _WRITERS["plain"]))
        target = self.program.architecture
        family = f"{target.family.name}{' with tensor cores' if target.tensor_cores else ''}"
        level, passes = effort(kind, self.program)
        return NativeLibrary(
            f"{self.program.name}-{kind}",
            text,
            [f"{name}_entry" for name in names],
            key=f"{sources} {family} {self.program.digest} {kind} {names}",
            level=level,
            passes=passes,
        )

    @cached_property
    def _plain_library(self) -> NativeLibrary:
        if self.warps:
            return self._library("plain", lambda: PlainWarpFunction(self.program), "run")
        names = ("run", "watch", "run_around") if self.barrier else ("run",)
        return self._library("plain", lambda: PlainFunction(self.program), *names)

    @cached_property
    def _run_plain(self) -> Callable[..., int]:
        return _function(self._plain_library, "run")

    @cached_property
    def _counted(self) -> BlockCounters:
        return BlockCounters(self.program)

    @cached_property
    def _run_profiling(self) -> Callable[..., int]:
        form = PlainWarpFunction if self.warps else PlainFunction
        return self._counting_run("profile", lambda: form(self.program, profiling=True))

    def _counting_run(
        self, kind: str, make: Callable[[], ThreadFunction], *, waits: bool = True
    ) -> Callable[..., int]:
        size = 4 * len(self._counted)
        return _function(self._library(kind, make, "run", row_bytes=size, waits=waits), "run")

    @cached_property
    def armed_library(self) -> NativeLibrary:
        """The armed build: ``run_block``, ``step``, ``prepare_block``; with barriers also ``run_alone``."""
        alone = self.barrier and not self.warps
        names = ("run_block", "step", "prepare_block", *(("run_alone",) if alone else ()))
        form = WarpFunction if self.warps else ArmedFunction
        return self._library("armed", lambda: form(self.program), *names)

    @cached_property
    def run_alone(self) -> Callable[..., int]:
        """``run_alone`` of the armed build of a kernel with barriers."""
        return _function(self.armed_library, "run_alone")

    @cached_property
    def armed_functions(self) -> tuple[Callable[..., int], Callable[..., int], Callable[..., None]]:
        """``run_block``, ``step`` and ``prepare_block`` of the armed build."""
        run_block, step, prepare = (
            _function(self.armed_library, name) for name in ("run_block", "step", "prepare_block")
        )
        return run_block, step, prepare

    @cached_property
    def watching_functions(self) -> tuple[Callable[..., Any], ...]:
        """``prepare_block``, ``phase``, ``let_go``, ``step`` of the build whose accesses are looked at."""
        names = ("prepare_block", "phase", "let_go", "step")
        library = self._library("watching", lambda: WatchingFunction(self.program), *names)
        return tuple(_function(library, name) for name in names)

    # running ---------------------------------------------------------------------------------------------

    @cached_property
    def _wide(self) -> WideRunner | None:
        return self._runner(self.program)

    @cached_property
    def _wide_profiling(self) -> WideRunner | None:
        return self._runner(self.program, profiling=True)

    def wide_for(self, launch: Launch) -> WideRunner | None:
        """What runs single blocks of the launch wide, if it is run wide: of a large program the build that
        also counts, since to compile another one takes longer than such runs.
        """
        if self.form_for(launch.threads) is not Form.WIDE:
            return None
        return self._wide_profiling if is_large(self.program) else self._wide

    def watching_wide(self, launch: Launch) -> WideRunner | None:
        """What runs wide what matters to shared memory alone, of a launch that is run wide."""
        return self._wide_slice if self.form_for(launch.threads) is Form.WIDE else None

    @cached_property
    def _wide_slice(self) -> WideRunner | None:
        program = without_tail(self.program)
        chosen = shared_memory_slice(program)
        return None if chosen is None else self._runner(program, chosen=chosen)

    def _runner(
        self, program: Program, *, profiling: bool = False, chosen: Slice | None = None
    ) -> WideRunner | None:
        runner = WideRunner(program, self._target, profiling=profiling, chosen=chosen)
        return runner if runner.has_form else None

    def form_for(self, threads: int) -> Form:
        """In which form so many threads are run."""
        return self._form or _chosen_form(self.program, threads)

    def run(
        self, launch: Launch, memory: DeviceMemory, *, limit: int | None = None, blocks: range | None = None
    ) -> RunResult:
        """Run a launch (or a range of its blocks) on ``memory``, in block and thread order.

        ``limit``: dynamic instructions a thread may issue before it counts as hanging. After a trap the
        memory holds what was written so far.
        """
        context = LaunchContext(self.program, launch, memory, NO_LIMIT if limit is None else limit)
        chosen = range(launch.blocks) if blocks is None else blocks
        form = self.form_for(len(chosen) * launch.threads_per_block)
        if form is Form.WIDE and self._wide is not None:
            sums, rows = np.zeros(4, np.int64), np.zeros(1, np.int32)
            stopped = self._wide.run(context, chosen, sums, rows)
            done = RunResult(None, int(sums[0]), int(sums[1]))
            if stopped is None:
                return done
            return done.followed_by(self._run_threads(context, launch, range(stopped, chosen.stop)))
        return self._run_threads(context, launch, chosen)

    def _run_threads(self, context: LaunchContext, launch: Launch, blocks: range) -> RunResult:
        states = np.zeros(launch.threads_per_block if self.barrier else 1, STATE)
        return self._call(self._run_plain, context, states, blocks, None)

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
            context.address, address_of(states), blocks.start, blocks.stop,
            address_of(result), address_of(rows),
        )  # fmt: skip
        trap = None
        if status != Status.EXITED:
            block, thread = int(result[2]), int(result[3])
            state = states[thread if self.barrier else 0]
            offset = self.program.instructions[int(state["pc"])].offset
            trap = Trap(TrapKind(status), block, thread, offset)
        return RunResult(trap, int(result[0]), int(result[1]))

    def profile(self, launch: Launch, memory: DeviceMemory) -> LaunchProfile:
        """Run a launch and count. Raises GoldenTrap if it traps: a golden run does not."""
        wide = self.form_for(launch.threads) is Form.WIDE
        known = self._form is None and "_wide_profiling" in self.__dict__  # compiled: good for all
        runner = self._wide_profiling if wide or known else None
        rows = self._count(self._profile_threads, launch, memory, runner)
        return rows.finish(*self._counted.counter_map())

    def _profile_threads(self, *given: Any) -> int:
        """Compiled only where it is called."""
        return self._run_profiling(*given)

    def profile_without_data(self, launch: Launch) -> LaunchProfile | None:
        """What `profile` gives for a launch that does not trap, of a program whose threads execute the same
        instructions whatever memory holds; None for any other program.
        """
        counter = self._execution_counter
        if counter is None:
            return None
        rows = self._count(counter, launch, _no_memory(self.program))
        return rows.finish(*self._counted.counter_map())

    @property
    def is_data_free(self) -> bool:
        """Whether threads take the same way whatever memory holds (`isa.slicing.control_slice`)."""
        return self._issue_counter is not None

    def count(self, launch: Launch) -> LaunchProfile:
        """How often each instruction is issued, of a program that `is_data_free`: only what the way of the
        threads depends on is run, without any memory. Guards are not looked at: ``executed`` is ``issued``.
        """
        counter = self._issue_counter
        assert counter is not None, f"the way through {self.program.name} depends on data"
        issued, _ = self._counted.counter_map()
        return self._count(counter, launch, _no_memory(self.program)).finish(issued, issued)

    def _count(
        self,
        run: Callable[..., int],
        launch: Launch,
        memory: DeviceMemory,
        wide: WideRunner | None = None,
    ) -> ProfileBuilder:
        builder = ProfileBuilder(len(self._counted))
        context = LaunchContext(self.program, launch, memory, NO_LIMIT)
        states = np.zeros(launch.threads_per_block if self.barrier else 1, STATE)
        threads = launch.threads_per_block
        step = max(1, _PROFILE_THREADS // threads)
        room = np.empty((min(step, launch.blocks) * threads, len(self._counted)), np.int32)
        for first in range(0, launch.blocks, step):
            blocks = range(first, min(first + step, launch.blocks))
            rows = room[: len(blocks) * threads]
            if wide is not None:
                counted, which, blocks = wide.count(context, blocks)
                places = wide.function.counters_of(self._counted.instructions)
                if not blocks:
                    builder.add(counted, places, which)
                    continue
                rows[: len(which)], wide = counted[which][:, places], None
            rest = rows[-len(blocks) * threads :]
            rest.fill(0)
            result = self._call(run, context, states, blocks, rest)
            if result.trap is not None:
                raise GoldenTrap(trapped(self.program, launch, result.trap))
            builder.add(rows)
        return builder

    @cached_property
    def _issue_counter(self) -> Callable[..., int] | None:
        return self._counter("count issued", guards=False)

    @cached_property
    def _execution_counter(self) -> Callable[..., int] | None:
        return self._counter("count executed", guards=True)

    def _counter(self, kind: str, *, guards: bool) -> Callable[..., int] | None:
        chosen = control_slice(self.program, guards=guards)
        if chosen is None:
            return None
        make = partial(CountingFunction, self.program, chosen, guards=guards)
        return self._counting_run(kind, make, waits=False)

    @cached_property
    def _watching_library(self) -> NativeLibrary:
        """The plain build of what matters to shared memory alone, if that can be told; else all of it."""
        program = without_tail(self.program)
        chosen = shared_memory_slice(program)
        if chosen is None:
            return self._plain_library
        return self._library("watch", lambda: SlicedFunction(program, chosen), "watch")

    @cached_property
    def watchers(self) -> tuple[Callable[..., int], Callable[..., int]]:
        """``watch`` of the plain build, and of the sliced one."""
        return _function(self._plain_library, "watch"), _function(self._watching_library, "watch")

    @cached_property
    def around_functions(self) -> tuple[Callable[..., int], int]:
        """``run_around`` of the plain build, and the address of ``step`` of the armed one."""
        step: Any = self.armed_functions[1]
        return _function(self._plain_library, "run_around"), ctypes.cast(step, ctypes.c_void_p).value or 0

    def arm(
        self,
        launch: Launch,
        memory: DeviceMemory,
        block: int,
        threads: Sequence[int] | None = None,
    ) -> ArmedBlock:
        """One block of the launch under control, or only some of its threads, where threads cannot wait for
        each other (one of them: `alone`).
        """
        return ArmedBlock(self, launch, memory, block, threads)


_chosen_form = of_program(chosen_form)


@of_program
def _no_memory(program: Program) -> DeviceMemory:
    """For programs that look at none."""
    request = module_request(program)
    return DeviceMemory(lay_out([("nothing", 1) if request is None else request]))


@of_program
def machine_of(program: Program) -> Machine:
    """The machine of a program, made when first asked for."""
    return Machine(program)
