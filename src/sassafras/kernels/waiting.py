"""How long a warp that is alone takes: it issues in order, and waits for what an instruction reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.operands import Predicate
from sassafras.isa.program import Instruction, Program
from sassafras.kernels.device import Wait, wait_of

_LEAVES = frozenset(
    {"BRA", "BRX", "EXIT", "RET"}
)  #: without a guard, what follows in the listing is not next
_Name = tuple[str, int]


def waiting_clocks(program: Program, waits: Mapping[Wait, float]) -> NDArray[np.float64]:
    """Clock cycles from the issue before to that of each static instruction, float64 (instructions,).

    One cycle, or as many more as what it reads (registers, predicates, the condition code, its guard) is not
    there yet. ``waits``: cycles until a result can be read. The listing is taken from top to bottom: what a
    loop's next turn waits for of the last one is left out, and so is waiting for a store or a barrier.
    """
    ready: dict[_Name, float] = {}
    clocks = np.ones(len(program.instructions))
    now = 0.0
    for instruction in program.instructions:
        at = max([now + 1, *(ready.get(name, 0.0) for name in _read(instruction))])
        clocks[instruction.index] = at - now
        now = at
        if instruction.opcode in _LEAVES and instruction.guard is None:
            ready.clear()
        for name in _written(instruction):
            ready[name] = now + waits[wait_of(instruction)]
    return clocks


def _read(instruction: Instruction) -> list[_Name]:
    effects, guard = instruction.effects, instruction.guard
    predicates = {*effects.predicates_read, *([] if guard is None else [guard.index])}
    named = {o.index for o in instruction.operands if isinstance(o, Predicate)}
    predicates |= named - set(effects.predicates_written)
    return [
        *(("R", register) for register in effects.registers_read),
        *(("P", predicate) for predicate in predicates),
        *([("CC", 0)] if effects.reads_cc else []),
    ]


def _written(instruction: Instruction) -> list[_Name]:
    effects = instruction.effects
    return [
        *(("R", register) for register in effects.registers_written),
        *(("P", predicate) for predicate in effects.predicates_written),
        *([("CC", 0)] if effects.writes_cc else []),
    ]
