"""What lanes of a warp tell each other: shuffles, votes, and barriers at which warps arrive."""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.ports import I32, Ports
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.traps import TrapKind
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BARRIER_REDUCTION,
    BARRIER_WAIT,
    SHUFFLE,
    VOTE,
    BarrierReduction,
    BarrierWait,
    Shuffle,
    Vote,
)
from sassafras.isa.operands import Immediate, Operand, Predicate, Register
from sassafras.isa.program import Instruction

_LANES = I32(31)
BARRIERS = 16  #: of a block


@turing("SHFL")
@maxwell("SHFL")
def shfl(p: Ports, i: Instruction) -> None:
    """d = a of lane j, P = whether j is in range (PTX, "shfl"); c holds the clamp (bits 4:0) and the mask of
    segments (12:8). Out of range: j is the lane itself.
    """
    in_range, d, a, b, c = i.operands
    assert isinstance(a, Register)
    p.build.give(lambda: p.register(a.index))
    lane, offset, bounds = p.build.special("SR_LANEID"), p.integer(b), p.integer(c)
    assert lane is not None
    source, found = _source(p, i.fields[SHUFFLE], lane, p.b.and_(offset, _LANES), bounds)
    p.write(d, p.build.given_by(p.b.select(found, source, lane), a.index))
    p.set_predicate(in_range, found)


def _source(
    p: Ports, way: Shuffle, lane: ir.Value, offset: ir.Value, bounds: ir.Value
) -> tuple[ir.Value, ir.Value]:
    """The lane to read from, and whether it is in range (i1)."""
    clamp = p.b.and_(bounds, _LANES)
    mask = p.b.and_(p.b.lshr(bounds, I32(8)), _LANES)
    rest = p.b.xor(mask, _LANES)
    segment = p.b.and_(lane, mask)
    last = p.b.or_(segment, p.b.and_(clamp, rest))
    match way:
        case Shuffle.UP:
            source = p.b.sub(lane, offset)
            return source, p.b.icmp_signed(">=", source, last)
        case Shuffle.DOWN:
            source = p.b.add(lane, offset)
        case Shuffle.BUTTERFLY:
            source = p.b.xor(lane, offset)
        case Shuffle.INDEX:
            source = p.b.or_(segment, p.b.and_(offset, rest))
        case _:
            assert_never(way)
    return source, p.b.icmp_signed("<=", source, last)


@turing("VOTE", "VOTEU")
@maxwell("VOTE")
def vote(p: Ports, i: Instruction) -> None:
    """P = whether all, any or equally many of the lanes at this instruction say p; d = those that do."""
    *destinations, told, asked = i.operands
    p.build.give(lambda: p.b.zext(p.predicate(asked), I32))
    active, votes = p.build.votes()
    every = p.b.icmp_unsigned("==", votes, active)
    some = p.b.icmp_unsigned("!=", votes, I32(0))
    answers = {Vote.ALL: every, Vote.ANY: some, Vote.EQUAL: p.b.or_(every, p.b.not_(some))}
    p.set_predicate(told, answers[i.fields[VOTE]])
    for d in destinations:
        p.write(d, votes)


def named_barrier(p: Ports, i: Instruction) -> None:
    """A barrier by its number: wait for as many threads as it expects (or all of the block), or only arrive;
    with a reduction, bring a predicate.
    """
    wait, reduction = i.fields[BARRIER_WAIT], i.fields[BARRIER_REDUCTION]
    brought = [o for o in i.operands if isinstance(o, Predicate)]
    reduces = wait is BarrierWait.REDUCE
    if reduces != bool(brought) or reduces != (reduction is not None):
        raise p.refuse("a barrier brings a predicate exactly where it reduces")
    p.build.give(lambda: p.b.zext(p.predicate(brought[0]), I32) if brought else I32(0))
    number, threads = _number_and_threads(p, [o for o in i.operands if not isinstance(o, Predicate)])
    wrong = p.b.icmp_unsigned("!=", p.b.and_(threads, I32(WARP - 1)), I32(0))
    p.build.trap_if(wrong, TrapKind.ILLEGAL_INSTRUCTION)
    if wait is BarrierWait.ARRIVE:
        p.build.arrive(number)
    else:
        p.build.wait(number, threads, reduction)


def _number_and_threads(p: Ports, operands: list[Operand]) -> tuple[ir.Value, ir.Value]:
    """Number of the barrier, and threads that it waits for (0: all). Where both are registers, the threads
    are bits 27:16 of theirs.
    """
    for operand in operands[:1]:
        if isinstance(operand, Immediate) and operand.bits >= BARRIERS:
            raise p.refuse(f"a block has barriers 0 to {BARRIERS - 1}")
    values = [p.integer(operand) for operand in operands]
    number = p.b.and_(values[0], I32(BARRIERS - 1))
    if len(values) == 1:
        return number, I32(0)
    both = all(isinstance(operand, Register) for operand in operands)
    return number, p.b.and_(p.b.lshr(values[1], I32(16)), I32(0xFFF)) if both else values[1]


@turing("B2R")
@maxwell("B2R")
def b2r(p: Ports, i: Instruction) -> None:
    """What the last barrier with a reduction gave: the count, or all ones for true; P: whether not zero."""
    d, *told = i.operands
    p.build.give(lambda: I32(0))  # nothing: the barrier has it
    result = p.build.barrier_result()
    p.write(d, result)
    for predicate in told:
        p.set_predicate(predicate, p.b.icmp_unsigned("!=", result, I32(0)))


def code_of(reduction: BarrierReduction | None) -> int:
    """A reduction as a number in a thread's state; 0: none."""
    return 0 if reduction is None else 1 + list(BarrierReduction).index(reduction)
