"""Which registers hold a binary32: told from what the thread does with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.floats import uses_floats
from sassafras.isa.kinds import Action
from sassafras.isa.program import Program

LOOK_AHEAD = 400  #: instructions


def is_read_as_float(
    program: Program,
    pcs: NDArray[np.int64],
    start: int,
    register: int,
    stores_float: Callable[[int], bool],
) -> bool:
    """Whether the first instruction of ``pcs``, from ``start`` on, that reads a register takes it for a
    binary32. Moves are followed; of a store ``stores_float`` tells, by its place in ``pcs``.
    """
    for step in range(start, min(start + LOOK_AHEAD, len(pcs))):
        instruction = program.instructions[int(pcs[step])]
        effects = instruction.effects
        if register in effects.registers_read:
            if instruction.record.copies and effects.registers_written:
                return is_read_as_float(program, pcs, step + 1, effects.registers_written[0], stores_float)
            if effects.access is not None and effects.access.action is Action.STORE:
                return register not in effects.address_registers and stores_float(step)
            return uses_floats(instruction)
        if register in effects.registers_written:
            return False
    return False
