"""How long a warp that is alone takes: it issues in order, and waits for what an instruction reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.device import Wait
from sassafras.isa.kinds import Flow, Pipe, Space
from sassafras.isa.locations import Location
from sassafras.isa.program import Instruction, Program

#: without a guard, what follows in the listing is not next. (What a popped address leads to mostly is.)
_LEAVES = frozenset({Flow.JUMP, Flow.COMPUTED_JUMP, Flow.EXIT, Flow.RETURN, Flow.STOP})

_WAIT_OF = {
    Pipe.FULL: Wait.ARITHMETIC,
    Pipe.HALF: Wait.ARITHMETIC,
    Pipe.QUARTER: Wait.QUARTER,
    Pipe.DOUBLE: Wait.DOUBLE,
    Pipe.MEMORY: Wait.GLOBAL,
    Pipe.BARRIER: Wait.ARITHMETIC,
    Pipe.ISSUE: Wait.ARITHMETIC,
}
_NEAR = {Space.SHARED: Wait.SHARED, Space.CONSTANT: Wait.CONSTANT}


def wait_of(instruction: Instruction) -> Wait:
    """How long the results of an instruction take. Local memory lies in global memory."""
    pipe, access = instruction.pipe, instruction.access
    if access is not None:
        return _NEAR.get(access.space, Wait.GLOBAL)
    if pipe is Pipe.HALF and instruction.effects.predicates_written:
        return Wait.PREDICATE
    return _WAIT_OF[pipe]


def waiting_clocks(program: Program, waits: Mapping[Wait, float]) -> NDArray[np.float64]:
    """Clock cycles from the issue before to that of each static instruction, float64 (instructions,).

    One cycle, or as many more as what it reads (registers, predicates, the condition code, its guard) is not
    there yet. ``waits``: cycles until a result can be read. The listing is taken from top to bottom: what a
    loop's next turn waits for of the last one is left out, and so is waiting for a store or a barrier.
    """
    ready: dict[Location, float] = {}
    clocks = np.ones(len(program.instructions))
    now = 0.0
    for instruction in program.instructions:
        at = max([now + 1, *(ready.get(place, 0.0) for place in instruction.effects.reads)])
        clocks[instruction.index] = at - now
        now = at
        if instruction.flow in _LEAVES and instruction.guard is None:
            ready.clear()
        for place in instruction.effects.writes:
            ready[place] = now + waits[wait_of(instruction)]
    return clocks
