"""The golden run of a launch is watched for races where nobody has shown that there are none: of every
kernel that is not bundled. (The bundled ones have been shown free of races by the same watch, in tests.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine, machine_of
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.module_memory import constant_bytes
from sassafras.emulator.trapped import trapped
from sassafras.emulator.traps import Trap
from sassafras.emulator.watched import WatchedLaunch
from sassafras.errors import GoldenTrap, RaceError
from sassafras.isa.program import Program
from sassafras.isa.reach import reach
from sassafras.simulation.observed import LONGEST, Observation, Observed
from sassafras.simulation.races import (
    SHARED,
    Accesses,
    Atomics,
    Race,
    Touched,
    is_shared,
    races_of,
    thread_and_pc,
    unit_of,
)
from sassafras.simulation.unwritten import ENTRIES, read_unwritten, suspects

MOST = 20_000_000  #: accesses of a launch that are looked at; then the watch ends, and says so


class RaceWarning(UserWarning):
    """Threads race without harm, read shared memory that nobody has written, or could not be watched."""


class Watch:
    """A launch without a fault. ``notes``: what does no harm but should be known, a line each.
    ``lanes_tell``: threads, of one warp or of several, touch a byte between barriers that one of them stores.
    ``observing``: what it touches is asked for too (`observed`), from the same run. ``strict``: a race or
    a trap is an error; else ``race`` says the first one, and the launch goes on, and ``trap`` how it stopped.
    ``limit``: dynamic instructions of a thread, beyond which it hangs (None: `LONGEST`).
    """

    def __init__(
        self,
        program: Program,
        launch: Launch,
        memory: DeviceMemory,
        *,
        observing: bool = False,
        strict: bool = True,
        limit: int | None = None,
    ) -> None:
        self._machine: Machine = machine_of(program.in_lock_step)
        self._observation = Observation(program, memory.layout.nbytes) if observing else None
        if self._observation is not None:
            self._observation.note_loaded(constant_bytes(program, memory))
        self._suspects = list(suspects(program))
        self._program = program
        self._launch = launch
        self._memory = memory
        self.notes: list[str] = []
        self.lanes_tell = False
        self.race: str | None = None
        self.touched = Touched.nothing()  #: by blocks, behind `run`
        self.trap: Trap | None = None
        self._strict, self._limit = strict, LONGEST if limit is None else limit
        self._told: set[tuple[object, ...]] = set()

    @property
    def observed(self) -> Observed | None:
        """What the launch did with memory; None where that was not asked for."""
        return None if self._observation is None else self._observation.seen(self._launch.threads_per_block)

    def run(self) -> tuple[str, ...]:
        """Run the launch in place and look at it; returns the notes. Raises RaceError, and GoldenTrap where
        it traps or does not end (where that is an error; else ``trap`` says it).
        """
        entries = ENTRIES // self._launch.threads_per_block if self._suspects else 0
        watched = WatchedLaunch(self._machine, self._launch, self._memory, self._limit, entries)
        rows, atomics, count = [], Atomics(), 0
        for block in range(self._launch.blocks):
            if count > MOST:
                self._give_up(watched, block)
                break
            touched, seen = self._look_at(block, watched.shared, self._intervals(watched, block), atomics)
            if self.trap is None:
                self._note_unwritten(watched, block)
            rows.append(touched)
            count += seen
            if self.trap is not None:
                break
        self.touched = Touched.joined(rows)
        for race in races_of(self.touched, atomics):
            self._tell(race, blocks=race.actors)
        return tuple(self.notes)

    def _intervals(self, watched: WatchedLaunch, block: int) -> Iterator[NDArray[np.void]]:
        """What a block does, from barrier to barrier."""
        for log in watched.intervals(block):
            if self._observation is not None:
                self._observation.add(block * self._launch.threads_per_block, log)
            yield log
        self._stop(watched.trap)
        if self._observation is not None:
            self._observation.note_issued(watched.issued)

    def _stop(self, trap: Trap | None) -> None:
        """What a trap is, if there is one."""
        self.trap = trap
        if trap is not None and self._strict:
            raise GoldenTrap(trapped(self._program, self._launch, trap))

    def _look_at(
        self, block: int, shared: NDArray[np.uint8], logs: Iterable[NDArray[np.void]], atomics: Atomics
    ) -> tuple[Touched, int]:
        """What a block has touched in global memory, and in how many accesses. ``shared``: its shared memory;
        ``logs``: what it does from barrier to barrier, while it does it.
        """
        found: list[Touched] = []
        count = 0
        ready = np.zeros(len(shared) // unit_of(self._program) + 1, bool)
        for log in logs:
            images = {True: shared, False: self._memory.data}
            accesses = Accesses(self._program, log, count, images)
            warp, among_warps = accesses.thread // WARP, Atomics()
            by_thread = accesses.touched(accesses.thread)
            self.lanes_tell |= is_shared(by_thread)
            touched = by_thread.by(by_thread.actor // WARP)
            accesses.note_atomics(among_warps, warp)
            for race in races_of(touched, among_warps):
                self._tell(race, blocks=(block, block))
            accesses.note_atomics(atomics, np.full_like(warp, block))
            for unready in accesses.unready(ready) if self._strict else ():
                self._note_unready(block, unready)
            of_launch = touched.rows(touched.place < SHARED)
            found.append(of_launch.by(np.full(len(of_launch), block)))
            count += len(log)
        return Touched.joined(found).merged(), count

    def _note_unready(self, block: int, when: int) -> None:
        """A load of shared memory that nobody has written, where what is loaded may get to an address, a
        branch or global memory.
        """
        _, pc = thread_and_pc(when)
        if reach(self._program, frozenset({pc})).anywhere:
            said = "reads shared memory that nobody has written"
            self._note(f"{self._program.name}: {self._where(block, when)} {said}", pc)

    def _note_unwritten(self, watched: WatchedLaunch, block: int) -> None:
        """What the threads of the block have read of what nobody has written, once for each place."""
        if not self._suspects:
            return
        for location in tuple(self._suspects):
            found = read_unwritten(self._program, location, watched.traces, watched.issued)
            if found is not None:
                self._suspects.remove(location)
                where = self._instruction(found.thread, block, found.pc)
                self._note(
                    f"{self._program.name}: {where} reads {location.name} that nobody has written",
                    found.pc,
                    -1 - location.number,
                )
        longest = watched.traces.shape[1]
        if self._suspects and (watched.issued > longest).any():
            self._note(
                f"{self._program.name}: reads of registers that nobody has written are looked for in the "
                f"first {longest} instructions of a thread only"
            )

    def _give_up(self, watched: WatchedLaunch, block: int) -> None:
        self._note(
            f"{self._program.name}: races are looked for in blocks 0 to {block - 1} only: with the others it "
            f"would be more than {MOST} accesses"
        )
        if self._observation is not None:
            for number in range(block, self._launch.blocks):
                for _ in self._intervals(watched, number):
                    pass
            return
        blocks = range(block, self._launch.blocks)
        self._stop(self._machine.run(self._launch, self._memory, limit=self._limit, blocks=blocks).trap)

    # words -----------------------------------------------------------------------------------------------

    def _tell(self, race: Race, blocks: tuple[int, int]) -> None:
        first, second = (self._where(b, when) for b, when in zip(blocks, race.moments, strict=True))
        text = f"{first} and {second} race for {self._byte(race.place)}"
        named = f"{self._program.name}: {text}"
        if race.harmless:
            self._note(f"{named}; {race.harmless}", *(thread_and_pc(when)[1] for when in race.moments))
            return
        self.race = self.race or text
        if not self._strict:
            return
        raise RaceError(
            f"{named}; what the launch computes is not defined: put a barrier between them, or use atomics"
        )

    def _byte(self, place: int) -> str:
        unit = unit_of(self._program)
        if place >= SHARED:
            return f"byte {(place - int(SHARED)) * unit:#x} of shared memory"
        address = self._memory.layout.base + place * unit
        for allocation in self._memory.layout.allocations:
            if allocation.address <= address < allocation.end:
                return f"byte {address - allocation.address:#x} of {allocation.name} ({address:#x})"
        return f"the byte at {address:#x}"

    def _where(self, block: int, when: int) -> str:
        thread, pc = thread_and_pc(when)
        return self._instruction(thread, block, pc)

    def _instruction(self, thread: int, block: int, pc: int) -> str:
        instruction = self._program.instructions[pc]
        return f'thread {thread} of block {block} at {instruction.offset:#06x}, "{instruction.text}",'

    def _note(self, text: str, *pcs: int) -> None:
        """Once for the same instructions, however many threads they concern."""
        if pcs not in self._told:
            self._told.add(pcs)
            self.notes.append(text)
