"""What provably becomes of a flipped bit of a thread, from what its instructions make of it one by one.

The state of the thread differs from the golden one in that one bit alone, until an instruction reads it. That
instruction is issued with the bit flipped (`emulator.probed`); behind it the state differs in the bits that
it says, and so on. Bits that are overwritten differ no more, and those that no way through the program reads
any more (`isa.liveness`) do not count. As long as the thread goes its golden way and touches the same memory,
nothing else is different. So it is followed until

* no bit differs any more: the flip is masked;
* the device traps: the flip ends so;
* a store has stored other bits, and nothing else differs any more: the flip is the same as these bits flipped
  in what is stored;
* anything else: the flip is the same as the bits that differ there, flipped there.

Flips with the same `Fate` leave the same memory, or the same trap. That is a proof, not an estimate: each
step says all that differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.emulator.machine import Machine
from sassafras.emulator.probed import Bit, Passed, ProbedBlock, StoredBit, Unclear
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Target, TargetKind
from sassafras.isa.kinds import Space
from sassafras.isa.liveness import live_locations
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Program, of_program

LONGEST = 24  #: instructions through which a flip is followed
_FILES = {
    TargetKind.REGISTER: File.REGISTERS,
    TargetKind.PREDICATE: File.PREDICATES,
    TargetKind.CONDITION_CODE: File.CODES,
}
Bits = frozenset[Bit]


class Fate(NamedTuple):
    """``trap``: the device traps so. ``at``: the same as these bits flipped, of the state before that dynamic
    instruction or (``stored``) of what it stores. None of them: masked.
    """

    trap: TrapKind | None = None
    at: int = -1
    state: Bits = frozenset()
    stored: tuple[StoredBit, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether it says how the launch ends."""
        return self.at < 0


MASKED = Fate()


class Reader(NamedTuple):
    """Bits that differ, before an instruction that reads some of them."""

    at: int
    state: Bits


def why_unprovable(machine: Machine) -> str | None:
    """Why nothing is proven of the threads of a kernel, None if it can be."""
    return "its warps run in lock step" if machine.warps else _why_unprovable(machine.program)


@of_program
def _why_unprovable(program: Program) -> str | None:
    if any(i.is_atomic for i in program.instructions):
        return "its threads meet by atomic operations"
    if any(i.effects.uniform_written for i in program.instructions):
        return "it has registers of the warp"
    return None


class ThreadFates:
    """The fates of bits of one thread. ``block``: it stands somewhere in the thread's golden run, and goes on
    as far as a fate is read from: the next one asked for must not begin before that.
    """

    def __init__(self, block: ProbedBlock, thread: int, trace: NDArray[np.uint32]) -> None:
        self._block, self._thread = block, thread
        self._program = block.machine.program
        self._pcs, self._executed = instruction_indexes(trace), executed_mask(trace)
        self._touches: dict[Location, NDArray[np.int64]] = {}
        self._stands = False

    def of_target(self, dynamic: int, target: Target, bit: int) -> Fate:
        """Of a bit of a result of dynamic instruction ``dynamic``, flipped behind it."""
        begun = self.begun(dynamic, target, bit)
        return begun if isinstance(begun, Fate) else self._followed(begun)

    def begun(self, dynamic: int, target: Target, bit: int) -> Reader | Fate:
        """The first instruction that reads it, or its fate where none does."""
        if target.kind is TargetKind.STORE_VALUE:
            return Fate(at=dynamic, stored=(StoredBit(target.index, bit),))
        return self.reader(dynamic + 1, frozenset([Bit(Location(_FILES[target.kind], target.index), bit)]))

    def _followed(self, reader: Reader) -> Fate:
        for _ in range(LONGEST):
            found = self.step(reader)
            if isinstance(found, Fate):
                return found
            reader = found
        return Fate(at=reader.at, state=reader.state)

    def reader(self, dynamic: int, state: Bits) -> Reader | Fate:
        """The first instruction from ``dynamic`` on that reads any of the bits, with those that are not
        overwritten before it; masked where there is none.
        """
        state = self._live_ones(dynamic, state)
        while state:
            at = min(self._next_touch(dynamic, place) for place in {bit.place for bit in state})
            if at == len(self._pcs):
                break
            if any(_reads(self._program)[bit.place][self._pcs[at]] for bit in state):
                return Reader(at, self._live_ones(at, state))
            state = frozenset(b for b in state if not _writes(self._program)[b.place][self._pcs[at]])
            dynamic = at + 1
        return MASKED

    def _live_ones(self, dynamic: int, state: Bits) -> Bits:
        """Those that some way from before an instruction reads: the others are nobody's any more."""
        if dynamic == len(self._pcs):
            return frozenset()
        live = _live(self._program)[self._pcs[dynamic]]
        return frozenset(bit for bit in state if bit.place in live)

    def step(self, reader: Reader) -> Reader | Fate:
        """What one instruction makes of bits of which it reads some."""
        at, state = reader
        if self._block.issued(self._thread) != at or not self._stands:
            self._block.run_until(self._thread, at)
            self._stands = True
        issued = self._block.issue_with(self._thread, state)
        if isinstance(issued, TrapKind):
            return Fate(issued)
        if isinstance(issued, Unclear):
            return Fate(at=at, state=state)
        behind = self.reader(at + 1, issued.state)
        if not issued.stored:
            return behind
        return self._stored(reader, issued) if behind == MASKED else Fate(at=at, state=state)

    def _stored(self, reader: Reader, issued: Passed) -> Fate:
        """Of bits that went into a store, and are not read behind it: what was stored may be loaded by the
        thread itself, and lead it where they are.
        """
        left = self._live_ones(reader.at + 1, issued.state)
        if left and _loads(self._program)[self._pcs[reader.at + 1 :]].any():
            return Fate(at=reader.at, state=reader.state)
        return Fate(at=reader.at, stored=issued.stored)

    def _next_touch(self, dynamic: int, place: Location) -> int:
        """The first instruction from ``dynamic`` on that reads or overwrites it; their number where none
        does. One that is not executed reads its guard alone.
        """
        if place not in self._touches:
            program, pcs = self._program, self._pcs
            either = _reads(program)[place] | _writes(program)[place]
            touched = (either[pcs] & self._executed) | _guards(program)[place][pcs]
            self._touches[place] = np.append(np.flatnonzero(touched), len(pcs))
        touches = self._touches[place]
        return int(touches[np.searchsorted(touches, dynamic)])


class AllFates(ThreadFates):
    """The fates of many results of one thread: they are followed all together, instruction by instruction,
    the same bits once. The block stands before the thread's first instruction.
    """

    def of_begun(self, begun: Sequence[Reader | Fate]) -> list[Fate]:
        """The fate of each of what `begun` says of results."""
        steps = dict.fromkeys((one for one in begun if isinstance(one, Reader)), 0)
        waiting: dict[int, list[Reader]] = {}
        for reader in steps:
            waiting.setdefault(reader.at, []).append(reader)
        behind: dict[Reader, Reader | Fate] = {}
        order = [*waiting]
        heapify(order)
        while order:
            for reader in waiting.pop(at := heappop(order)):
                found = self.step(reader) if steps[reader] < LONGEST else Fate(at=at, state=reader.state)
                behind[reader] = found
                if isinstance(found, Fate):
                    continue
                if found not in steps:
                    if found.at not in waiting:
                        waiting[found.at] = []
                        heappush(order, found.at)
                    waiting[found.at].append(found)
                steps[found] = min(steps.get(found, LONGEST), steps[reader] + 1)
        fates: dict[Reader, Fate] = {}
        for reader in reversed(behind):  # those behind are known first
            found = behind[reader]
            fates[reader] = found if isinstance(found, Fate) else fates[found]
        return [one if isinstance(one, Fate) else fates[one] for one in begun]


class _Uses(dict[Location, NDArray[np.bool_]]):
    """Which instructions use a place, bool (instructions,); none, of a place that is not named."""

    def __init__(self, uses: list[frozenset[Location]]) -> None:
        self._count = len(uses)
        for index, places in enumerate(uses):
            for place in places:
                self[place][index] = True

    def __missing__(self, place: Location) -> NDArray[np.bool_]:
        self[place] = np.zeros(self._count, bool)
        return self[place]


@of_program
def _reads(program: Program) -> _Uses:
    return _Uses([i.effects.reads for i in program.instructions])


@of_program
def _writes(program: Program) -> _Uses:
    return _Uses([i.effects.writes for i in program.instructions])


@of_program
def _guards(program: Program) -> _Uses:
    return _Uses([i.effects.guarded_by for i in program.instructions])


@of_program
def _live(program: Program) -> tuple[frozenset[Location], ...]:
    return live_locations(program)


@of_program
def _loads(program: Program) -> NDArray[np.bool_]:
    access = (i.access for i in program.instructions)
    return np.array([a is not None and a.space is not Space.CONSTANT for a in access], bool)
