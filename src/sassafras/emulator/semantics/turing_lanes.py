"""What lanes of a warp find out together from Volta on: who has the same value, and all values made one.
Source: PTX ISA, "match" and "redux"; sass-semantics section A7.
"""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.ports import I1, I32, Ports
from sassafras.emulator.semantics.registry import turing
from sassafras.isa.effects import registers_from
from sassafras.isa.opcodes.modifiers_of_lanes import (
    REDUCED_LANES,
    SIGNED_LANES,
    VOTE,
    LaneReduction,
    Vote,
)
from sassafras.isa.opcodes.modifiers_of_turing import registers_of_matched
from sassafras.isa.operands import RZ, Operand, Register
from sassafras.isa.program import Instruction


def _give(p: Ports, operand: Operand) -> ir.Value:
    """Give the word of a register to the others; returns it."""
    assert isinstance(operand, Register)
    p.build.give(lambda: p.register(operand.index))
    return p.register(operand.index)


def _lanes(p: Ports) -> list[tuple[ir.Value, ir.Value]]:
    """Of each lane: whether it is at this instruction, and the word that it gave."""
    active, _ = p.build.votes()
    here = [p.b.trunc(p.b.lshr(active, I32(k)), I1) for k in range(WARP)]
    return [(is_here, p.build.given_by(I32(k), RZ)) for k, is_here in enumerate(here)]


@turing("MATCH")
def match(p: Ports, i: Instruction) -> None:
    """.ANY: d = the lanes here whose a is this lane's. .ALL: P = all are alike; d = the lanes, or 0."""
    *told, d, a = i.operands
    if bool(told) != (i.fields[VOTE] is Vote.ALL):
        raise p.refuse("MATCH.ALL tells a predicate, MATCH.ANY does not")
    assert isinstance(a, Register)
    registers = registers_from(a.index, registers_of_matched(i.fields)) or (RZ,)
    p.build.bring(lambda: [p.register(r) for r in registers])
    own = [p.register(r) for r in registers]
    brought = p.build.brought()
    alike: ir.Value = I32(0)
    for k in range(WARP):
        same = p.b.trunc(p.b.lshr(brought.active, I32(k)), I1)
        for place, word in enumerate(own):
            same = p.b.and_(same, p.b.icmp_unsigned("==", brought.word(p.b, I32(k), place), word))
        alike = p.b.or_(alike, p.b.select(same, I32(1 << k), I32(0)))
    if not told:
        p.write(d, alike)
        return
    every = p.b.icmp_unsigned("==", alike, brought.active)
    p.write(d, p.b.select(every, alike, I32(0)))
    p.set_predicate(told[0], every)


@turing("REDUX")
def redux(p: Ports, i: Instruction) -> None:
    """d = the words of the lanes here, made one; a sum wraps."""
    d, a = i.operands
    way, signed = i.fields[REDUCED_LANES], i.fields[SIGNED_LANES]
    total = _give(p, a)
    if way in (LaneReduction.SUM, LaneReduction.XOR):
        total = I32(0)  # the lane's own word is among those that come; elsewhere it may count twice
    for here, word in _lanes(p):
        total = p.b.select(here, _reduced(p, way, total, word, signed=signed), total)
    p.write(d, total)


def _reduced(p: Ports, way: LaneReduction, x: ir.Value, y: ir.Value, *, signed: bool) -> ir.Value:
    compare = p.b.icmp_signed if signed else p.b.icmp_unsigned
    match way:
        case LaneReduction.AND:
            return p.b.and_(x, y)
        case LaneReduction.OR:
            return p.b.or_(x, y)
        case LaneReduction.XOR:
            return p.b.xor(x, y)
        case LaneReduction.SUM:
            return p.b.add(x, y)
        case LaneReduction.MIN:
            return p.b.select(compare("<", x, y), x, y)
        case LaneReduction.MAX:
            return p.b.select(compare(">", x, y), x, y)
        case _:
            assert_never(way)
