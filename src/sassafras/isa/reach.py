"""Where a value that some instructions of a program write may get to: into addresses, into the way that
threads take, into global memory.

Forward data flow over the static control flow, the same for all threads. It never misses a way (threads of a
block and lanes of a warp included: what one stores, or gives, any other may get), and sees some that do not
exist: memory of one space is one value, every path may be taken, and arithmetic that makes up for an error
(a compiled division corrects its approximate reciprocal) looks like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sassafras.isa.control_flow import Place, control_flow
from sassafras.isa.kinds import Action, Flow, Space
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Instruction, Program, of_program

_LED = Location(File.CODES, -1)  #: stands for the way that led to a place


class Way(Enum):
    """How a value may get somewhere."""

    NO = "no"
    BRANCH = "through a branch"  #: it decides which instructions are run there, or whether they are
    DATA = "yes"  #: it is part of what is computed


@dataclass(frozen=True)
class Reach:
    """Where values may get to. ``address``: of a memory access; ``branch``: the condition or the target of a
    branch (no other way than `Way.DATA`); ``stored``: global memory.
    """

    address: Way
    branch: Way
    stored: Way

    @property
    def anywhere(self) -> bool:
        """Whether they may get to one of these."""
        return {self.address, self.branch, self.stored} != {Way.NO}

    @property
    def words(self) -> tuple[str, str, str]:
        """Of a row of a table."""
        return self.address.value, self.branch.value, self.stored.value


@of_program
def reach(
    program: Program,
    sources: frozenset[int],
    loads: bool = False,
    initial: frozenset[Location] = frozenset(),
) -> Reach:
    """Of what the instructions with these indexes write. ``loads``: and of all that is loaded from global
    memory; ``initial``: and of what is in these places when a thread begins.
    """
    direct = _Spread(program, sources, initial, loads=loads, led=False)
    led = _Spread(program, sources, initial, loads=loads, led=True) if direct.branch else direct
    return Reach(
        _way(direct.address, led.address),
        _way(direct.branch, led.branch),
        _way(direct.stored, led.stored),
    )


def _way(direct: bool, led: bool) -> Way:
    return Way.DATA if direct else Way.BRANCH if led else Way.NO


class _Spread:
    """The data flow. ``led``: what happens behind a branch that a value decides depends on that value."""

    def __init__(
        self,
        program: Program,
        sources: frozenset[int],
        initial: frozenset[Location],
        *,
        loads: bool,
        led: bool,
    ) -> None:
        self.address = self.branch = self.stored = False
        self._sources, self._initial = sources, initial
        self._given = frozenset[Location]()  #: what a lane may take from another that stands anywhere
        self._lanes = any(i.cross_lane for i in program.instructions)
        self._spaces = {Space.GLOBAL} if loads else set()
        self._barriers = False  #: whether a value is what threads bring to a barrier
        self._led = led
        self._run(program, control_flow(program))

    def _run(self, program: Program, flow: Mapping[Place, tuple[Place, ...]]) -> None:
        held = dict.fromkeys(flow, frozenset[Location]()) | {((), 0): self._initial}
        pending = list(flow)
        while pending:
            place = pending.pop()
            known = self._known
            behind = self._through(program.instructions[place[1]], held[place])
            for successor in flow[place]:
                if not behind <= held[successor]:
                    held[successor] |= behind
                    pending.append(successor)
            if known != self._known:  # any load may find it now
                pending = list(flow)

    @property
    def _known(self) -> tuple[int, bool, int]:
        """Of what instructions elsewhere may get."""
        return len(self._spaces), self._barriers, len(self._given) if self._lanes else 0

    def _through(self, instruction: Instruction, held: frozenset[Location]) -> frozenset[Location]:
        """What holds a value behind an instruction, and what the instruction does with it."""
        effects = instruction.effects
        led = _LED in held
        self._given |= held
        takes = bool(effects.reads & (self._given if instruction.cross_lane else held))
        takes |= effects.beside is not None and bool(self._spaces & set(effects.beside.space.pointed_at))
        if instruction.flow.leaves and takes:
            self.branch = True
            return held | ({_LED} if self._led else set())
        source = instruction.index in self._sources
        self._access(instruction, held, taken=takes or led or source)
        if takes or led or source or self._finds(instruction):
            return held | effects.writes
        return held if instruction.is_guarded else held - effects.writes

    def _access(self, instruction: Instruction, held: frozenset[Location], *, taken: bool) -> None:
        effects, access = instruction.effects, instruction.access
        bases = {Location(File.REGISTERS, number) for number in effects.address_registers}
        bases |= {Location(File.REGISTERS, c.register) for c in effects.constants if c.register is not None}
        if access is not None or effects.constants:
            self.address |= bool(bases & held) or (access is not None and _LED in held)
        if instruction.flow is Flow.BARRIER:
            self._barriers |= taken
        if access is not None and access.action.stores and taken:
            self._spaces |= set(access.space.pointed_at)
            self.stored |= Space.GLOBAL in access.space.pointed_at

    def _finds(self, instruction: Instruction) -> bool:
        """Whether it may get a value from memory, or from threads at a barrier."""
        access = instruction.access
        if access is None:
            return self._barriers and instruction.cross_lane
        if access.action is Action.STORE:
            return False
        return bool(self._spaces & set(access.space.pointed_at))
