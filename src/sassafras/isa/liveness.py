"""Which registers are live before each instruction (backward data flow over the static control flow).

Source: the textbook equations, live-in = reads ∪ (live-out − certain writes); conservative where the control
flow is (``control_flow``), so a register not listed is certainly dead, one that is listed may be.
"""

from __future__ import annotations

from sassafras.isa.control_flow import Place, control_flow
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Instruction, Program


def live_registers(program: Program) -> tuple[frozenset[int], ...]:
    """Live-in general registers of every instruction: those some path may read before writing them.

    A guarded write does not kill, for it may not happen.
    """
    return tuple(
        frozenset(place.number for place in live if place.file is File.REGISTERS)
        for live in live_locations(program)
    )


def live_locations(program: Program) -> tuple[frozenset[Location], ...]:
    """The same of predicates and condition codes as well."""
    flow = control_flow(program)
    preceding: dict[Place, list[Place]] = {place: [] for place in flow}
    for place, after in flow.items():
        for successor in after:
            preceding[successor].append(place)
    live: dict[Place, frozenset[Location]] = dict.fromkeys(flow, frozenset())
    pending = list(flow)
    while pending:
        place = pending.pop()
        live_out = frozenset[Location]().union(*(live[successor] for successor in flow[place]))
        live_in = _live_in(program.instructions[place[1]], live_out)
        if live_in != live[place]:
            live[place] = live_in
            pending.extend(preceding[place])
    return _by_instruction(live, len(program.instructions))


def _live_in(instruction: Instruction, live_out: frozenset[Location]) -> frozenset[Location]:
    effects = instruction.effects
    killed = frozenset[Location]() if instruction.is_guarded else effects.writes
    return (live_out - killed) | effects.reads


def _by_instruction(live: dict[Place, frozenset[Location]], count: int) -> tuple[frozenset[Location], ...]:
    """Live under any calls is live."""
    merged: list[frozenset[Location]] = [frozenset()] * count
    for (_, index), places in live.items():
        merged[index] |= places
    return tuple(merged)
