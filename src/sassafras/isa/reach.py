"""Where a value that some instructions of a program write may get to: into addresses, into the way that
threads take, into global memory.

Forward data flow over the static control flow, the same for all threads. It never misses a way (threads of a
block and lanes of a warp included: what one stores, or gives, any other may get), and sees some that do not
exist: memory of one space is one value, every path may be taken, and arithmetic that makes up for an error
(a compiled division corrects its approximate reciprocal) looks like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sassafras.isa.control_flow import Place, control_flow
from sassafras.isa.kinds import Action, Flow, Space
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Instruction, Program, of_program

_EVERY_SPACE = (Space.GLOBAL, Space.SHARED, Space.LOCAL)
_LED = Location(File.CODES, -1)  #: stands for the way that led to a place


class Way(Enum):
    """How a value may get somewhere."""

    NO = "no"
    BRANCH = "through a branch"  #: it decides which instructions are run there, or whether they are
    DATA = "yes"  #: it is part of what is computed


@dataclass(frozen=True)
class Reach:
    """Where values may get to. ``address``: of a memory access; ``branch``: the condition or the target of a
    branch (no other way than `Way.DATA`); ``stored``: global memory. ``places``: whether they may
    decide which bytes of memory are touched, and when: by an address, a branch, or a guard of an access.
    """

    address: Way
    branch: Way
    stored: Way
    places: bool = field(default=True, compare=False)

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
    at: int = 0,
    also: frozenset[Location] = frozenset(),
) -> Reach:
    """Of what the instructions with these indexes write. ``loads``: and of all that is loaded from global
    memory; ``initial``: and of what is in these places before instruction ``at``, by
    default when a thread begins. ``also``: what the sources write beside what they say.
    """
    origin = _Origin(sources, initial, at, also)
    direct = _Spread(program, origin, loads=loads, led=False)
    led = _Spread(program, origin, loads=loads, led=True) if direct.branch else direct
    return Reach(
        _way(direct.address, led.address),
        _way(direct.branch, led.branch),
        _way(direct.stored, led.stored),
        direct.address or direct.branch or direct.guards,
    )


def _way(direct: bool, led: bool) -> Way:
    return Way.DATA if direct else Way.BRANCH if led else Way.NO


@dataclass(frozen=True)
class _Origin:
    """Where values come from (`reach`)."""

    sources: frozenset[int]
    initial: frozenset[Location]
    at: int
    also: frozenset[Location]


class _Spread:
    """The data flow. ``led``: what happens behind a branch that a value decides depends on that value."""

    def __init__(self, program: Program, origin: _Origin, *, loads: bool, led: bool) -> None:
        self.address = self.branch = self.stored = self.guards = False
        self._origin = origin
        self._spaces = {Space.GLOBAL} if loads else set()
        self._barriers = False  #: whether a value is what threads bring to a barrier
        self._led = led
        self._run(program, control_flow(program))

    def _run(self, program: Program, flow: Mapping[Place, tuple[Place, ...]]) -> None:
        held = {p: self._origin.initial if p[1] == self._origin.at else frozenset() for p in flow}
        pending = list(flow)
        while pending:
            place = pending.pop()
            known = len(self._spaces), self._barriers
            behind = self._through(program.instructions[place[1]], held[place])
            for successor in flow[place]:
                if not behind <= held[successor]:
                    held[successor] |= behind
                    pending.append(successor)
            if known != (len(self._spaces), self._barriers):  # any load may find it now
                pending = list(flow)

    def _through(self, instruction: Instruction, held: frozenset[Location]) -> frozenset[Location]:
        """What holds a value behind an instruction, and what the instruction does with it."""
        effects = instruction.effects
        led = _LED in held
        takes = bool(effects.reads & held)
        if instruction.flow.leaves and takes:
            self.branch = True
            return held | ({_LED} if self._led else set())
        source = instruction.index in self._origin.sources
        self._access(instruction, held, taken=takes or led or source)
        if takes or led or source or self._finds(instruction):
            return held | effects.writes | (self._origin.also if source else frozenset())
        return held if instruction.is_guarded else held - effects.writes

    def _access(self, instruction: Instruction, held: frozenset[Location], *, taken: bool) -> None:
        effects, access = instruction.effects, instruction.access
        bases = {Location(File.REGISTERS, number) for number in effects.address_registers}
        bases |= {Location(File.REGISTERS, c.register) for c in effects.constants if c.register is not None}
        if access is not None or instruction.flow is Flow.BARRIER:
            self.guards |= effects.guard is not None and Location(File.PREDICATES, effects.guard) in held
        if access is not None or effects.constants:
            self.address |= bool(bases & held) or (access is not None and _LED in held)
        if instruction.flow is Flow.BARRIER:
            self._barriers |= taken
        if access is not None and access.action.stores and taken:
            self._spaces |= set(_spaces(access.space))
            self.stored |= Space.GLOBAL in _spaces(access.space)

    def _finds(self, instruction: Instruction) -> bool:
        """Whether it may get a value from memory, or from threads at a barrier."""
        access = instruction.access
        if access is None:
            return self._barriers and instruction.cross_lane
        if access.action is Action.STORE:
            return False
        return bool(self._spaces & set(_spaces(access.space)))


def _spaces(space: Space) -> tuple[Space, ...]:
    return _EVERY_SPACE if space is Space.GENERIC else (space,)
