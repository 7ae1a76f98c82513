"""What can be said of a program before it is emitted wide: its blocks, where lanes may meet, and what lanes
that wait must remember.
"""

from __future__ import annotations

from functools import cached_property

from sassafras.emulator.vector.choice import is_large
from sassafras.emulator.vector.guesses import varying
from sassafras.emulator.vector.lanes import NoWideForm
from sassafras.isa.control_flow import Place, control_flow, named_returns
from sassafras.isa.kinds import Convergence, Flow
from sassafras.isa.liveness import live_locations
from sassafras.isa.locations import File, Location
from sassafras.isa.operands import URZ, ConvergenceBarrier, Predicate, Target, UniformPredicate
from sassafras.isa.program import Instruction, Program

_EVERYTHING = frozenset(
    (
        *(Location(File.REGISTERS, r) for r in range(255)),
        *(Location(File.PREDICATES, p) for p in range(7)),
        *(Location(File.UNIFORM, r) for r in range(URZ)),
        *(Location(File.UNIFORM_PREDICATES, p) for p in range(7)),
        Location(File.CODES, 0),
    )
)


def meets(instruction: Instruction) -> bool:
    """Whether lanes wait there, and meet behind it (BSYNC; of WARPSYNC no lane can tell)."""
    waits = instruction.record.convergence is Convergence.MEET
    return waits and any(isinstance(o, ConvergenceBarrier) for o in instruction.operands)


def is_for_some(instruction: Instruction) -> bool:
    """Whether some lanes may carry it out and others not."""
    return instruction.is_guarded or any(
        isinstance(o, Predicate | UniformPredicate) for o in instruction.operands
    )


def ends_block(instruction: Instruction) -> bool:
    """Whether lanes may part at it, meet behind it, or go elsewhere."""
    moves = instruction.flow is Flow.PUSH or instruction.record.convergence is not None
    parts = moves and is_for_some(instruction)
    return instruction.flow.ends_block or meets(instruction) or parts


class Facts:
    """Static facts of one program, for the wide builds."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def sizes(self) -> dict[int, int]:
        """First instruction -> number of instructions, for every basic block. Unlike in the scalar builds, a
        computed jump leads only to its known targets: others are left to those.
        """
        count = len(self.program.instructions)
        starts = {0}
        for i in self.program.instructions:
            starts.update(self.targets(i))
            if ends_block(i) and i.index + 1 < count:
                starts.add(i.index + 1)
        ordered = sorted(starts)
        return {a: b - a for a, b in zip(ordered, [*ordered[1:], count], strict=True)}

    def targets(self, instruction: Instruction) -> list[int]:
        """Instructions that one names: where it leads, or what it pushes, or where lanes meet. Of a return
        to an address in a register, where that may be.
        """
        if instruction.flow is Flow.COMPUTED_JUMP and not instruction.branch_targets:
            raise NoWideForm("a computed jump whose targets are not known")
        returns = instruction.flow is Flow.RETURN
        offsets = [o.offset for o in instruction.operands if isinstance(o, Target) and not returns]
        offsets += instruction.branch_targets
        known = self.program.index_of_offset
        found = [known[offset] for offset in offsets if offset in known]
        return [*found, *named_returns(self.program)] if returns else found

    @cached_property
    def _flow(self) -> dict[Place, tuple[Place, ...]]:
        return control_flow(self.program)

    @cached_property
    def joins(self) -> frozenset[int]:
        """Block starts where lanes may meet that have parted: reached in more ways than one."""
        ways: dict[int, set[int]] = {}
        for (_, index), after in self._flow.items():
            for _, successor in after:
                ways.setdefault(successor, set()).add(index)
        instructions = self.program.instructions
        found = frozenset(index for index, by in ways.items() if len(by) > 1 and index in self.sizes)
        found = found & self._pushed if is_large(self.program) else found
        meeting = frozenset(i.index for i in instructions if meets(i))
        return (found - meeting) | {index + 1 for index in meeting if index + 1 < len(instructions)}

    @property
    def _pushed(self) -> frozenset[int]:
        """Where what is pushed leads, and behind calls: where compiled code has lanes meet."""
        pushing = [i for i in self.program.instructions if i.flow is Flow.PUSH]
        calls = [i.index + 1 for i in self.program.instructions if i.flow is Flow.CALL]
        return frozenset((*calls, *(target for i in pushing for target in self.targets(i))))

    @cached_property
    def live(self) -> tuple[frozenset[Location], ...]:
        """What each instruction and those behind it may read."""
        return live_locations(self.program)

    @cached_property
    def written(self) -> tuple[frozenset[Location], ...]:
        """What may have been written, before each instruction, since the warp began or left a barrier: of
        anything else its memory has the value.
        """
        flow = self._flow
        found: dict[Place, frozenset[Location]] = {}
        reached = {successor for after in flow.values() for successor in after}
        pending = [(place, _EVERYTHING) for place in flow if place not in reached or place[1] == 0]
        while pending:
            place, more = pending.pop()
            known = found.get(place)
            if known is not None and more <= known:
                continue
            found[place] = now = more | (known or frozenset())
            instruction = self.program.instructions[place[1]]
            waits = instruction.flow is Flow.BARRIER and not instruction.is_guarded
            behind = frozenset[Location]() if waits else now | instruction.effects.writes
            pending += [(successor, behind) for successor in flow[place]]
        merged: list[frozenset[Location]] = [frozenset()] * len(self.program.instructions)
        for (_, index), places in found.items():
            merged[index] |= places
        return tuple(merged)

    @cached_property
    def varying(self) -> tuple[frozenset[Location], ...]:
        """What probably differs between neighbouring lanes."""
        return varying(self.program)

    def remembered(self, index: int) -> frozenset[Location]:
        """What lanes that wait before an instruction must put into the warp's memory."""
        return self.live[index] & self.written[index]

    def remembered_behind(self, barrier: int) -> frozenset[Location]:
        """The same of lanes that wait at a barrier."""
        return self.live[barrier + 1] & self.written[barrier]
