"""Where a fault that the user chose strikes its thread, and whether there is such a place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.model import Mode, Target, TargetKind
from sassafras.faults.own import OwnFault, listed_targets
from sassafras.faults.targets import REGISTER_BITS, address_targets, value_targets
from sassafras.isa.program import Program


def own_target(own: OwnFault, program: Program, trace: NDArray[np.uint32]) -> tuple[int, Target]:
    """Index of the static instruction, and what is struck there. ``trace``: golden trace of the thread.

    Raises UsageError, naming the column, where the thread issues no such instruction, where it does not
    execute it (RF: issued is enough), where the target is none of its, and for a mask that is too wide.
    """
    number = own.instruction
    if number >= len(trace):
        raise own.refuse(
            "instruction", f"{number}: the golden thread issues {len(trace)} (0 to {len(trace) - 1})"
        )
    pc = int(instruction_indexes(trace[number : number + 1])[0])
    text = program.instructions[pc].text
    if own.mode is Mode.RF:
        target = _register(own, program)
    else:
        if not executed_mask(trace[number : number + 1])[0]:
            raise own.refuse(
                "instruction", f"{number} ({text}) is not executed, its guard is false: only RF strikes there"
            )
        target = _destination(own, program, pc)
    own.check_width(target.bits)
    return pc, target


def _register(own: OwnFault, program: Program) -> Target:
    last = program.register_count - 1
    if own.index > last:
        raise own.refuse("target", f"{own.target}: {program.name} has the registers R0 to R{last}")
    return Target(TargetKind.REGISTER, own.index, REGISTER_BITS)


def _destination(own: OwnFault, program: Program, pc: int) -> Target:
    instruction = program.instructions[pc]
    found = address_targets(instruction) if own.mode is Mode.IOA else value_targets(instruction)
    for target in found:
        if (target.kind, target.index) == (own.kind, own.index):
            return target
    raise own.refuse(
        "target",
        f"{own.target} is none of instruction {own.instruction} ({instruction.text}), which has "
        f"{listed_targets(own.mode, found)}",
    )
