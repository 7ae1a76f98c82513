"""What decides which bytes of memory the threads of a program touch, and when: addresses, branches, guards of
accesses, barriers, and whatever these are computed from, other threads' stores and words included.

Backward data flow over the static control flow, the same for all threads: what is not named certainly does
not decide it, what is may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sassafras.isa.control_flow import Place, control_flow
from sassafras.isa.kinds import Action, Flow, Space
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Instruction, Program, of_program

_Locations = frozenset[Location]


@dataclass(frozen=True)
class Deciding:
    """``before``, ``behind``: of each instruction, where what is there may decide it; ``spaces``: memory
    whose contents may.
    """

    before: tuple[_Locations, ...]
    behind: tuple[_Locations, ...]
    spaces: frozenset[Space]


@of_program
def deciding(program: Program) -> Deciding:
    """Of a program."""
    flow = control_flow(program)
    slices = _Slices(program)
    live = slices.run(flow)
    behind = [_Locations()] * len(program.instructions)
    before = list(behind)
    for place, after in flow.items():
        before[place[1]] |= live[place]
        behind[place[1]] = behind[place[1]].union(*(live[one] for one in after))
    return Deciding(tuple(before), tuple(behind), frozenset(slices.spaces))


class _Slices:
    def __init__(self, program: Program) -> None:
        self.spaces: set[Space] = set()
        self._given = _Locations()  #: what a lane may take from another that stands anywhere
        self._instructions = program.instructions

    def run(self, flow: Mapping[Place, tuple[Place, ...]]) -> dict[Place, _Locations]:
        """What decides, before each place."""
        preceding: dict[Place, list[Place]] = {place: [] for place in flow}
        for place, after in flow.items():
            for successor in after:
                preceding[successor].append(place)
        live = dict.fromkeys(flow, _Locations())
        pending = list(flow)
        while pending:
            place = pending.pop()
            known = len(self.spaces), self._given
            behind = _Locations().union(*(live[successor] for successor in flow[place]))
            before = self._before(self._instructions[place[1]], behind)
            if before != live[place]:
                live[place] = before
                pending.extend(preceding[place])
            if known != (len(self.spaces), self._given):  # any store may decide now
                pending = list(flow)
        return live

    def _before(self, instruction: Instruction, behind: _Locations) -> _Locations:
        effects, access = instruction.effects, instruction.access
        matters = bool(effects.writes & behind)
        if matters and access is not None and access.action is not Action.STORE:
            self.spaces |= set(access.space.pointed_at)
        if matters and instruction.cross_lane:
            self._given |= effects.reads
        before = (behind if instruction.is_guarded else behind - effects.writes) | self._given
        if matters or self._decides(instruction):
            if effects.beside is not None:
                self.spaces |= set(effects.beside.space.pointed_at)
            return before | effects.reads
        if access is None or access.space is Space.CONSTANT:
            return before
        places = {Location(File.REGISTERS, number) for number in effects.address_registers}
        asked = effects.predicates_asked if effects.beside is not None else (effects.guard,)
        return before | places | {Location(File.PREDICATES, p) for p in asked if p is not None}

    def _decides(self, instruction: Instruction) -> bool:
        """Whether all that it reads decides, whatever comes of its results."""
        access = instruction.access
        if instruction.flow.leaves or instruction.flow is Flow.BARRIER:
            return True
        return (
            access is not None
            and access.action.stores
            and not self.spaces.isdisjoint(access.space.pointed_at)
        )
