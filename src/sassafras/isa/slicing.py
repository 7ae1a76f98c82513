"""Which instructions of a program matter to what its threads do in shared memory, or to the way they take.

Backward data flow: an instruction matters if it waits or leads elsewhere (and, for shared memory, if it
stores there), or if it writes something that an instruction that matters may read behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sassafras.isa.control_flow import Place, control_flow
from sassafras.isa.kinds import Action, Flow, Space
from sassafras.isa.locations import Location
from sassafras.isa.opcodes.maxwell_memory import CLOCKS
from sassafras.isa.operands import SpecialRegister
from sassafras.isa.program import Instruction, Program, of_program

_VARIABLES = (3, 4)  #: constant banks of what a program may change between launches, and its addresses
_Wanted = Callable[[Instruction], bool]


@dataclass(frozen=True)
class Slice:
    """``instructions``: indexes of those that matter. ``kept``: what they may read that was there when the
    thread began, or when it came to a barrier.
    """

    instructions: frozenset[int]
    kept: frozenset[Location]


@of_program
def shared_memory_slice(program: Program) -> Slice | None:
    """What shared memory and the way through the program depend on; None if it cannot be told from the rest.

    Global stores are not among them: no load that matters may come behind one in the same thread (else None).
    What other threads store is the caller's to answer for.
    """
    if any(_is_unknown(i) for i in program.instructions):
        return None
    flow = control_flow(program)
    needed, live = _needed(program, flow, lambda i: _steers(i) or _stores_to(i, Space.SHARED))
    loads = {k for k in needed if _is_global_load(program.instructions[k])}
    if _behind_stores(program, flow) & loads:
        return None
    return Slice(frozenset(needed), _kept(program, flow, live))


@of_program
def has_known_way(program: Program) -> bool:
    """Whether the way of every thread, and where it loads and stores, depends on no data: then a thread does
    both whatever any other one stores.
    """
    return control_slice(program, guards=True, addresses=True) is not None


@of_program
def has_known_phases(program: Program) -> bool:
    """As `has_known_way`, but that data may steer the tail (`tail_of`): whatever any other thread stores, a
    thread loads and stores in shared memory where it does, and waits where it does; and wherever it loads or
    stores, that is where no data say. (Hardened kernels look at their copies behind the last barrier, and
    compute them again where they differ.)
    """
    if any(_is_unknown(i) for i in program.instructions):
        return False
    flow, tail = control_flow(program), tail_of(program)
    needed, _ = _needed(
        program, flow, lambda i: _steers(i) and i.index not in tail, guards=True, addresses=True, tail=tail
    )
    return not any(_is_data(program.instructions[k]) for k in needed)


@of_program
def tail_of(program: Program) -> frozenset[int]:
    """Instructions behind which, on every way, no thread waits for others or does anything to shared memory:
    what is left of a thread there concerns itself alone.
    """
    flow = control_flow(program)
    preceding = _preceding(flow)
    pending = [place for place in flow if _is_shared(program.instructions[place[1]])]
    reached = set(pending)
    while pending:
        for place in preceding[pending.pop()]:
            if place not in reached:
                reached.add(place)
                pending.append(place)
    return frozenset(range(len(program.instructions))) - {index for _, index in reached}


@of_program
def without_tail(program: Program) -> Program:
    """The program, in which a thread ends where the tail (`tail_of`) begins; the program itself where no
    instruction ends a thread whatever its guard.
    """
    tail = tail_of(program)
    end = next((i for i in program.instructions if i.flow is Flow.EXIT and not i.is_guarded), None)
    if end is None:
        return program
    left = tuple(
        replace(end, index=i.index, offset=i.offset) if i.index in tail else i for i in program.instructions
    )
    return replace(program, instructions=left, digest=f"{program.digest} without its tail")


def control_slice(program: Program, *, guards: bool = False, addresses: bool = False) -> Slice | None:
    """What the way of every thread depends on; None where it depends on data, or where that cannot be told.

    A program that has one takes the same way whatever its memory holds: how often each instruction is issued
    follows from the launch alone (grid, block, arguments). ``guards``: what the guards of all instructions
    depend on as well, so that this holds for how often each is executed; ``addresses``: what those of all
    accesses depend on.
    """
    if any(_is_unknown(i) for i in program.instructions):
        return None
    flow = control_flow(program)
    needed, live = _needed(program, flow, _steers, guards=guards, addresses=addresses)
    if any(_is_data(program.instructions[k]) for k in needed):
        return None
    return Slice(frozenset(needed), _kept(program, flow, live))


def _kept(
    program: Program, flow: Mapping[Place, tuple[Place, ...]], live: Mapping[Place, frozenset[Location]]
) -> frozenset[Location]:
    """What may be read that was there at the beginning, or at a barrier."""
    waits = [place for place in flow if program.instructions[place[1]].flow is Flow.BARRIER]
    starts = [((), 0), *(after for place in waits for after in flow[place])]
    return frozenset[Location]().union(*(live[place] for place in starts))


def _is_unknown(instruction: Instruction) -> bool:
    """Whether it does to memory what this analysis does not follow: local memory, reductions, and copies."""
    stores = instruction.effects.is_store
    if instruction.effects.beside is not None:
        return True
    return stores and not (_stores_to(instruction, Space.GLOBAL) or _stores_to(instruction, Space.SHARED))


def _steers(instruction: Instruction) -> bool:
    """Whether it waits, leads elsewhere, or says where another one will."""
    return instruction.flow is not Flow.NEXT


def _is_data(instruction: Instruction) -> bool:
    """Whether what it finds in memory, or gets from other lanes, is data, or it is the time. Constant banks
    hold arguments, or else variables.
    """
    access = instruction.access
    if instruction.cross_lane and instruction.flow is not Flow.BARRIER:
        return True
    if any(isinstance(o, SpecialRegister) and o.name in CLOCKS for o in instruction.operands):
        return True
    if any(words.bank in _VARIABLES for words in instruction.effects.constants):
        return True
    return access is not None and access.space is not Space.CONSTANT


def _is_shared(instruction: Instruction) -> bool:
    """Whether it waits for other threads, or may touch shared memory."""
    access = instruction.access
    touches = access is not None and access.space in (Space.SHARED, Space.GENERIC)
    return touches or instruction.flow is Flow.BARRIER or instruction.cross_lane


def _stores_to(instruction: Instruction, space: Space) -> bool:
    access = instruction.access
    return access is not None and access.space is space and access.action is Action.STORE


def _is_global_load(instruction: Instruction) -> bool:
    access = instruction.access
    spaces = (Space.GLOBAL, Space.GENERIC)
    return access is not None and access.space in spaces and access.action is Action.LOAD


def _needed(
    program: Program,
    flow: Mapping[Place, tuple[Place, ...]],
    wanted_for: _Wanted,
    *,
    guards: bool = False,
    addresses: bool = False,
    tail: frozenset[int] = frozenset(),
) -> tuple[set[int], dict[Place, frozenset[Location]]]:
    """The instructions that matter to the wanted ones, and what they may still read before each place.
    ``guards``: to the guards of all others too, but of those in ``tail``; ``addresses``: to the addresses of
    their accesses.
    """
    preceding = _preceding(flow)
    live: dict[Place, _Wants] = {place: {} for place in flow}
    needed = {i.index for i in program.instructions if wanted_for(i)}
    pending = list(flow)
    while pending:
        place = pending.pop()
        instruction = program.instructions[place[1]]
        behind = _joined([live[successor] for successor in flow[place]])
        if instruction.index not in needed and instruction.effects.writes & _all_of(behind):
            needed.add(instruction.index)
            pending.extend(other for other in flow if other[1] == instruction.index)
        reads = frozenset[Location]()
        if instruction.index in needed:
            reads = instruction.effects.reads
        elif guards and instruction.index not in tail:
            reads = instruction.effects.guarded_by
        if addresses:
            reads |= instruction.effects.addressed_by
        before = _still_wanted(instruction, behind)
        before = _joined([before, _read_by(instruction, reads)]) if reads else before
        if before != live[place]:
            live[place] = before
            pending.extend(preceding[place])
    return needed, {place: _all_of(wants) for place, wants in live.items()}


def _preceding(flow: Mapping[Place, tuple[Place, ...]]) -> dict[Place, list[Place]]:
    preceding: dict[Place, list[Place]] = {place: [] for place in flow}
    for place, after in flow.items():
        for successor in after:
            preceding[successor].append(place)
    return preceding


_Guard = tuple[Location, bool]  #: a predicate, and whether it is to be false
_Wants = dict[_Guard | None, frozenset[Location]]
"""What may be read, if a guard holds by the predicate as it is now; under None, whatever holds. A location is
under a guard only if it is not under None; no set is empty.
"""


def _all_of(wants: _Wants) -> frozenset[Location]:
    return frozenset[Location]().union(*wants.values())


def _joined(several: list[_Wants]) -> _Wants:
    """What is in any of them."""
    if len(several) == 1:
        return several[0]
    found: _Wants = {}
    for wants in several:
        for guard, locations in wants.items():
            known = found.get(guard)
            found[guard] = locations if known is None else known | locations
    always = found.get(None)
    if always is None or len(found) == 1:
        return found
    rest = {guard: locations - always for guard, locations in found.items() if guard is not None}
    return {None: always} | {guard: locations for guard, locations in rest.items() if locations}


def _guard_of(instruction: Instruction) -> _Guard | None:
    negate = instruction.guard is not None and instruction.guard.negate
    return next(((place, negate) for place in instruction.effects.guarded_by), None)


def _read_by(instruction: Instruction, reads: frozenset[Location]) -> _Wants:
    """What an instruction reads: its guard always, all else if that holds."""
    guard, asked = _guard_of(instruction), instruction.effects.guarded_by
    parts = {None: reads} if guard is None else {None: reads & asked, guard: reads - asked}
    return {guard: locations for guard, locations in parts.items() if locations}


def _still_wanted(instruction: Instruction, behind: _Wants) -> _Wants:
    """What is wanted before an instruction of what is wanted behind it. A write under a guard is one for
    whoever reads under the same.
    """
    writes = instruction.effects.writes
    if not writes:
        return behind
    changed = [guard for guard in behind if guard is not None and guard[0] in writes]
    if changed:
        parts: list[_Wants] = [{None if guard in changed else guard: behind[guard]} for guard in behind]
        behind = _joined(parts)
    if not instruction.is_guarded:
        left = {guard: locations - writes for guard, locations in behind.items()}
    else:
        own = _guard_of(instruction)
        left = behind if own is None or own not in behind else behind | {own: behind[own] - writes}
    return {guard: locations for guard, locations in left.items() if locations}


def _behind_stores(program: Program, flow: Mapping[Place, tuple[Place, ...]]) -> set[int]:
    """Instructions that may come behind a global store."""
    pending = [place for place in flow if _stores_to(program.instructions[place[1]], Space.GLOBAL)]
    reached: set[Place] = set()
    while pending:
        for successor in flow[pending.pop()]:
            if successor not in reached:
                reached.add(successor)
                pending.append(successor)
    return {place[1] for place in reached}
