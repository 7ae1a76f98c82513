"""The golden run of a launch is watched for races where nobody has shown that there are none: of every
kernel that is not bundled. (The bundled ones have been shown free of races by the same watch, in tests.)
"""

from __future__ import annotations

import hashlib
import json
import warnings

import numpy as np

from sassafras.architectures.multiprocessor import WARP
from sassafras.cache import read_cached, write_cached
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine, machine_of
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.trapped import trapped
from sassafras.emulator.watched import WatchedLaunch
from sassafras.errors import GoldenTrap, RaceError
from sassafras.isa.program import Program
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
from sassafras.sources import source_key
from sassafras.workload.inputs import Arrays, bytes_of
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

_SOURCES = ("simulation.watch", "emulator.machine", "isa.parser")  #: the modules that decide what is seen
MOST = 20_000_000  #: accesses of a launch that are looked at; then the watch ends, and says so


class RaceWarning(UserWarning):
    """Threads race without harm, read shared memory that nobody has written, or could not be watched."""


def run_watched(workload: Workload, planned: PlannedLaunch, memory: DeviceMemory, arrays: Arrays) -> None:
    """The fault-free launch, in place; watched where its kernel is not bundled, once for the same code and
    data (the cache remembers). ``arrays``: the input.

    Warns (RaceWarning) of what the watch notes. Raises RaceError and GoldenTrap.
    """
    spec = planned.spec
    if spec.source is None or spec.twin is not None:
        planned.run(memory, workload.architecture)
        return
    program = spec.code(workload.architecture)
    digest = hashlib.sha256((source_key(*_SOURCES) + program.digest + workload.golden_digest).encode())
    digest.update(repr((planned.index, planned.launch)).encode())
    for content in bytes_of(arrays):
        digest.update(content)
    key = f"watched-{digest.hexdigest()[:40]}.json"
    known = read_cached(key)
    if known is None:
        notes = list(Watch(program, planned.launch, memory).run())
        write_cached(key, json.dumps(notes).encode())
    else:
        planned.run(memory, workload.architecture)
        notes = json.loads(known)
    for note in notes:
        warnings.warn(note, RaceWarning, stacklevel=2)


class Watch:
    """A launch without a fault. ``notes``: what does no harm but should be known, a line each.
    ``lanes_tell``: threads, of one warp or of several, touch a byte between barriers that one of them stores.
    """

    def __init__(self, program: Program, launch: Launch, memory: DeviceMemory) -> None:
        self._machine: Machine = machine_of(program.in_lock_step)
        self._program = program
        self._launch = launch
        self._memory = memory
        self.notes: list[str] = []
        self.lanes_tell = False
        self._told: set[tuple[object, ...]] = set()

    def run(self) -> tuple[str, ...]:
        """Run the launch in place and look at it; returns the notes. Raises RaceError, and GoldenTrap where
        it traps.
        """
        watched = WatchedLaunch(self._machine, self._launch, self._memory)
        rows, atomics, count = [], Atomics(), 0
        for block in range(self._launch.blocks):
            if count > MOST:
                self._give_up(block)
                break
            touched, seen = self._run_block(watched, block, atomics)
            rows.append(touched)
            count += seen
            if watched.trap is not None:
                raise GoldenTrap(trapped(self._program, self._launch, watched.trap))
        for race in races_of(Touched.joined(rows), atomics):
            self._tell(race, blocks=race.actors)
        return tuple(self.notes)

    def _run_block(self, watched: WatchedLaunch, block: int, atomics: Atomics) -> tuple[Touched, int]:
        """What a block has touched in global memory, and in how many accesses."""
        found: list[Touched] = []
        count = 0
        ready = np.zeros(len(watched.shared) // unit_of(self._program) + 1, bool)
        for log in watched.intervals(block):
            images = {True: watched.shared, False: self._memory.data}
            accesses = Accesses(self._program, log, count, images)
            warp, among_warps = accesses.thread // WARP, Atomics()
            by_thread = accesses.touched(accesses.thread)
            self.lanes_tell |= is_shared(by_thread)
            touched = by_thread.by(by_thread.actor // WARP)
            accesses.note_atomics(among_warps, warp)
            for race in races_of(touched, among_warps):
                self._tell(race, blocks=(block, block))
            accesses.note_atomics(atomics, np.full_like(warp, block))
            unready = accesses.unready(ready)
            if unready is not None:
                said = "reads shared memory that nobody has written"
                self._note(
                    f"{self._program.name}: {self._where(block, unready)} {said}", thread_and_pc(unready)[1]
                )
            of_launch = touched.rows(touched.place < SHARED)
            found.append(of_launch.by(np.full(len(of_launch), block)))
            count += len(log)
        return Touched.joined(found).merged(), count

    def _give_up(self, block: int) -> None:
        self._note(
            f"{self._program.name}: races are looked for in blocks 0 to {block - 1} only: with the others it "
            f"would be more than {MOST} accesses"
        )
        ran = self._machine.run(self._launch, self._memory, blocks=range(block, self._launch.blocks))
        if ran.trap is not None:
            raise GoldenTrap(trapped(self._program, self._launch, ran.trap))

    # words -----------------------------------------------------------------------------------------------

    def _tell(self, race: Race, blocks: tuple[int, int]) -> None:
        first, second = (self._where(b, when) for b, when in zip(blocks, race.moments, strict=True))
        text = f"{self._program.name}: {first} and {second} race for {self._byte(race.place)}"
        if race.harmless:
            self._note(f"{text}; {race.harmless}", *(thread_and_pc(when)[1] for when in race.moments))
            return
        raise RaceError(
            f"{text}; what the launch computes is not defined: put a barrier between them, or use atomics"
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
        instruction = self._program.instructions[pc]
        return f'thread {thread} of block {block} at {instruction.offset:#06x}, "{instruction.text}",'

    def _note(self, text: str, *pcs: int) -> None:
        """Once for the same instructions, however many threads they concern."""
        if pcs not in self._told:
            self._told.add(pcs)
            self.notes.append(text)
