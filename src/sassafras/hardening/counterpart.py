"""The same fault in another program: which instruction of a hardened kernel corresponds to a struck one.

Definition (docs/definitions.md, "The same fault in a hardened kernel"). Same launch, block and thread, same
mode, fault model and mask. The instruction is the one with the same opcode and modifiers whose execution has
the same number among the executions of that opcode and these modifiers in the thread (for RF faults, which
strike issued instructions: among the issued ones), and the target is of the same kind and has the same place
among the targets of that kind (RF: the same register). Where there is none, the fault has no counterpart.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.model import Fault, Mode, Target
from sassafras.faults.targets import address_targets, value_targets
from sassafras.isa.program import Instruction, Program, of_program

Trace = NDArray[np.uint32]


def counterpart(
    fault: Fault, program: Program, trace: Trace, hardened: Program, hardened_trace: Trace
) -> Fault | None:
    """The fault's counterpart, None if it has none. ``trace``, ``hardened_trace``: golden traces of the
    struck thread in both programs.
    """
    struck = program.instructions[fault.pc]
    issued = fault.draw.mode is Mode.RF
    number = len(_occurrences(program, trace[: fault.site.instruction], struck, issued=issued))
    places = _occurrences(hardened, hardened_trace, struck, issued=issued)
    if number >= len(places):
        return None
    dynamic = int(places[number])
    pc = int(instruction_indexes(hardened_trace[dynamic : dynamic + 1])[0])
    target = _same_target(fault, struck, hardened.instructions[pc], hardened.register_count)
    if target is None:
        return None
    return replace(fault, site=replace(fault.site, instruction=dynamic), pc=pc, target=target)


@of_program
def _alike(program: Program, opcode: str, modifiers: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which instructions have that opcode and these modifiers: bool (instructions,)."""
    return np.array([i.opcode == opcode and i.modifiers == modifiers for i in program.instructions], bool)


def _occurrences(program: Program, trace: Trace, struck: Instruction, *, issued: bool) -> NDArray[np.int64]:
    """Positions in the trace of instructions like ``struck``: executed ones, or all that were issued."""
    found = _alike(program, struck.opcode, struck.modifiers)[instruction_indexes(trace)]
    if not issued:
        found &= executed_mask(trace)
    return np.flatnonzero(found)


def _same_target(
    fault: Fault, struck: Instruction, instruction: Instruction, registers: int
) -> Target | None:
    """The target of the same kind and place."""
    if fault.draw.mode is Mode.RF:
        return fault.target if fault.target.index < registers else None
    targets_of = address_targets if fault.draw.mode is Mode.IOA else value_targets
    before, after = ([t for t in targets_of(i) if t.kind is fault.target.kind] for i in (struck, instruction))
    place = before.index(fault.target)
    return after[place] if place < len(after) else None
