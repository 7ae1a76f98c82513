"""The static control flow of a program: which instructions may follow which, in a fault-free run.

Conservative: every path the hardware can take is there; some that it cannot take may be too. Calls are
followed with their return addresses, so that code behind one call does not seem to follow another.
"""

from __future__ import annotations

from sassafras.isa.kinds import Flow, StackKind
from sassafras.isa.operands import ConditionTest, Immediate, Predicate, Target, UniformPredicate
from sassafras.isa.program import Instruction, Program, of_program

Calls = tuple[int, ...]
"""The instructions to return to, innermost last. Empty means unknown: a RET may then lead behind any CAL."""

Place = tuple[Calls, int]
"""An instruction, by index, together with the calls it runs under."""


def control_flow(program: Program) -> dict[Place, tuple[Place, ...]]:
    """The places that may come directly after each place.

    Begins at the first instruction; instructions that no path reaches from there are added with unknown
    calls. SYNC and BRK lead to their ``branch_targets`` where nvdisasm knows them, otherwise to the target of
    every SSY or PBK; BRX to its ``branch_targets``, otherwise anywhere; recursion to the callee with unknown
    calls.
    """
    flow: dict[Place, tuple[Place, ...]] = {}
    reached: set[int] = set()
    for root in range(len(program.instructions)):
        pending: list[Place] = [] if root in reached else [((), root)]
        while pending:
            place = pending.pop()
            if place not in flow:
                reached.add(place[1])
                flow[place] = _after(program, place)
                pending.extend(flow[place])
    return flow


def _after(program: Program, place: Place) -> tuple[Place, ...]:
    """Successors of one place; the end of the text has none."""
    calls, index = place
    instruction = program.instructions[index]
    behind = _behind(program, calls, index)
    if not instruction.flow.leaves:
        return behind
    conditional = any(
        isinstance(o, Predicate | UniformPredicate | ConditionTest) for o in instruction.operands
    )
    taken = _taken(program, instruction, calls)
    return tuple(dict.fromkeys(taken + behind)) if conditional or instruction.is_guarded else taken


def _behind(program: Program, calls: Calls, index: int) -> tuple[Place, ...]:
    return ((calls, index + 1),) if index + 1 < len(program.instructions) else ()


def _taken(program: Program, instruction: Instruction, calls: Calls) -> tuple[Place, ...]:
    """Where a control instruction leads when its conditions hold."""
    if instruction.flow is Flow.CALL:
        back = instruction.index + 1
        inside = () if back in calls or _prepared_returns(program) else (*calls, back)
        return tuple((inside, target) for target in _targets(program, instruction))
    if instruction.flow is Flow.RETURN:
        if calls:
            return _behind(program, calls[:-1], calls[-1] - 1)
        ends = [_behind(program, (), i.index) for i in program.instructions if i.flow is Flow.CALL]
        prepared = [((), target) for target in _prepared_returns(program)]
        return (*(place for end in ends for place in end), *prepared)
    return tuple((calls, target) for target in _jump_targets(program, instruction))


def _jump_targets(program: Program, instruction: Instruction) -> tuple[int, ...]:
    """Where an instruction that leaves within a call may lead, anywhere where that is not known."""
    if instruction.branch_targets:
        return tuple(program.index_of_offset[offset] for offset in instruction.branch_targets)
    if instruction.flow in (Flow.EXIT, Flow.STOP):
        return ()
    if instruction.flow is Flow.JUMP:
        return _targets(program, instruction)
    if instruction.flow is Flow.POP:
        stack = instruction.record.stack
        pushes = [i for i in program.instructions if i.flow is Flow.PUSH and i.record.stack is stack]
        return tuple(target for push in pushes for target in _targets(program, push))
    return tuple(range(len(program.instructions)))


@of_program
def _prepared_returns(program: Program) -> tuple[int, ...]:
    """Where calls return that are a PRET and a computed jump, or whose return address is in a register. Which
    of them calls what is not followed, so where there are any, calls are unknown.
    """
    pushes = [i for i in program.instructions if i.flow is Flow.PUSH and i.record.stack is StackKind.CAL]
    pushed = (target for push in pushes for target in _targets(program, push))
    return tuple(dict.fromkeys((*pushed, *named_returns(program))))


@of_program
def named_returns(program: Program) -> tuple[int, ...]:
    """Where a return may lead whose address is in a register: to any instruction whose offset stands as a
    literal in an instruction that writes a register.
    """
    if not any(i.flow is Flow.RETURN and i.effects.registers_read for i in program.instructions):
        return ()
    literals = (
        o.bits
        for i in program.instructions
        for o in i.operands
        if i.effects.registers_written and isinstance(o, Immediate)
    )
    known = program.index_of_offset
    return tuple(sorted({known[bits] for bits in literals if bits in known and known[bits] > 0}))


def _targets(program: Program, instruction: Instruction) -> tuple[int, ...]:
    return tuple(program.index_of_offset[o.offset] for o in instruction.operands if isinstance(o, Target))
