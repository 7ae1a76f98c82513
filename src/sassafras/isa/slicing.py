"""Which instructions of a program matter to what its threads do in shared memory, or to the way they take.

Backward data flow: an instruction matters if it waits or leads elsewhere (and, for shared memory, if it
stores there), or if it writes something that an instruction that matters may read behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sassafras.isa.control_flow import Place, control_flow, is_guarded
from sassafras.isa.operands import PT, Address
from sassafras.isa.program import Instruction, Program

_CONTROL = frozenset({"BRA", "BRX", "SSY", "SYNC", "PBK", "BRK", "CAL", "RET", "EXIT", "BAR"})
_HARMLESS = frozenset({"STG", "NOP", "DEPBAR", "MEMBAR"})  #: write no register, and nothing in shared memory

Thing = tuple[str, int]
"""A register ("registers", index), a predicate ("predicates", index), or the condition codes ("cc", 0)."""


@dataclass(frozen=True)
class Slice:
    """``instructions``: indexes of those that matter. ``kept``: what they may read that was there when the
    thread began, or when it came to a barrier.
    """

    instructions: frozenset[int]
    kept: frozenset[Thing]


def shared_memory_slice(program: Program) -> Slice | None:
    """What shared memory and the way through the program depend on; None if it cannot be told from the rest.

    Global stores are not among them: no load that matters may come behind one in the same thread (else None).
    What other threads store is the caller's to answer for.
    """
    if any(_is_unknown(i) for i in program.instructions):
        return None
    flow = control_flow(program)
    needed, live = _needed(program, flow, _CONTROL | {"STS"})
    loads = {k for k in needed if program.instructions[k].opcode == "LDG"}
    if _behind_stores(program, flow) & loads:
        return None
    return Slice(frozenset(needed), _kept(program, flow, live))


def control_slice(program: Program) -> Slice | None:
    """What the way of every thread depends on; None where it depends on data, or where that cannot be told.

    A program that has one takes the same way whatever its memory holds: how often each instruction is issued
    follows from the launch alone (grid, block, arguments).
    """
    if any(_is_unknown(i) for i in program.instructions):
        return None
    flow = control_flow(program)
    needed, live = _needed(program, flow, _CONTROL)
    if any(isinstance(o, Address) for k in needed for o in program.instructions[k].operands):
        return None  # what it finds in memory is data (constant banks, which hold arguments, have no address)
    return Slice(frozenset(needed), _kept(program, flow, live))


def _kept(
    program: Program, flow: Mapping[Place, tuple[Place, ...]], live: Mapping[Place, frozenset[Thing]]
) -> frozenset[Thing]:
    """What may be read that was there at the beginning, or at a barrier."""
    waits = [place for place in flow if program.instructions[place[1]].opcode == "BAR"]
    starts = [((), 0), *(after for place in waits for after in flow[place])]
    return frozenset[Thing]().union(*(live[place] for place in starts))


def _is_unknown(instruction: Instruction) -> bool:
    """Whether it does something that this analysis does not know of."""
    effects = instruction.effects
    silent = not (effects.registers_written or effects.predicates_written or effects.writes_cc)
    return silent and instruction.opcode not in _CONTROL | _HARMLESS | {"STS"}


def _written(instruction: Instruction) -> set[Thing]:
    effects = instruction.effects
    found = {("registers", r) for r in effects.registers_written}
    found |= {("predicates", p) for p in effects.predicates_written}
    return found | ({("cc", 0)} if effects.writes_cc else set())


def _read(instruction: Instruction) -> set[Thing]:
    effects = instruction.effects
    found = {("registers", r) for r in effects.registers_read}
    found |= {("predicates", p) for p in effects.predicates_read}
    guard = instruction.guard
    if guard is not None and guard.index != PT:
        found.add(("predicates", guard.index))
    return found | ({("cc", 0)} if effects.reads_cc else set())


def _needed(
    program: Program, flow: Mapping[Place, tuple[Place, ...]], wanted_for: frozenset[str]
) -> tuple[set[int], dict[Place, frozenset[Thing]]]:
    """The instructions that matter to those opcodes, and what they may still read before each place."""
    preceding: dict[Place, list[Place]] = {place: [] for place in flow}
    for place, after in flow.items():
        for successor in after:
            preceding[successor].append(place)
    live: dict[Place, frozenset[Thing]] = dict.fromkeys(flow, frozenset())
    needed = {i.index for i in program.instructions if i.opcode in wanted_for}
    pending = list(flow)
    while pending:
        place = pending.pop()
        instruction = program.instructions[place[1]]
        wanted = frozenset[Thing]().union(*(live[successor] for successor in flow[place]))
        written = _written(instruction)
        if written & wanted and instruction.index not in needed:
            needed.add(instruction.index)
            pending.extend(other for other in flow if other[1] == instruction.index)
        before = wanted if is_guarded(instruction) else wanted - written
        if instruction.index in needed:
            before |= _read(instruction)
        if before != live[place]:
            live[place] = before
            pending.extend(preceding[place])
    return needed, live


def _behind_stores(program: Program, flow: Mapping[Place, tuple[Place, ...]]) -> set[int]:
    """Instructions that may come behind a global store."""
    pending = [place for place in flow if program.instructions[place[1]].opcode == "STG"]
    reached: set[Place] = set()
    while pending:
        for successor in flow[pending.pop()]:
            if successor not in reached:
                reached.add(successor)
                pending.append(successor)
    return {place[1] for place in reached}
