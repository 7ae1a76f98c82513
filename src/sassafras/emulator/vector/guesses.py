"""Which registers probably differ between the lanes of one vector: those that depend on tid.x or on the lane.

Only a guess, on which speed depends and nothing else: what is emitted for it is proven before it is used.
"""

from __future__ import annotations

from sassafras.isa.control_flow import Place, control_flow
from sassafras.isa.locations import Location
from sassafras.isa.operands import SpecialRegister
from sassafras.isa.program import Instruction, Program

_OF_LANES = frozenset({"SR_TID.X", "SR_LANEID"})


def varying(program: Program) -> tuple[frozenset[Location], ...]:
    """Before each instruction, what may differ between neighbouring lanes (forward data flow)."""
    flow = control_flow(program)
    found: dict[Place, frozenset[Location]] = {}
    pending = [(place, frozenset[Location]()) for place in reversed(flow)]
    while pending:
        place, more = pending.pop()
        known = found.get(place)
        if known is not None and more <= known:
            continue
        found[place] = now = more | (known or frozenset())
        after = _after(program.instructions[place[1]], now)
        pending += [(successor, after) for successor in flow[place]]
    merged: list[frozenset[Location]] = [frozenset()] * len(program.instructions)
    for (_, index), places in found.items():
        merged[index] |= places
    return tuple(merged)


def _after(instruction: Instruction, before: frozenset[Location]) -> frozenset[Location]:
    effects = instruction.effects
    named = {o.name for o in instruction.operands if isinstance(o, SpecialRegister)}
    if named & _OF_LANES or effects.reads & before:
        return before | effects.writes.difference(effects.uniform_written)
    return before if instruction.is_guarded else before - effects.writes
