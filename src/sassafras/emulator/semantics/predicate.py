"""Logic on predicates, and the combination step that all comparisons share."""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.emulator.ports import Ports
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.opcodes.modifiers import FIRST_COMBINE, SECOND_COMBINE, Combine
from sassafras.isa.program import Instruction


def combine(p: Ports, operation: Combine, x: ir.Value, y: ir.Value) -> ir.Value:
    """x op y, on predicates or bit by bit on words."""
    match operation:
        case Combine.AND:
            return p.b.and_(x, y)
        case Combine.OR:
            return p.b.or_(x, y)
        case Combine.XOR:
            return p.b.xor(x, y)
        case Combine.SECOND:
            return y
        case _:
            assert_never(operation)


def set_both(p: Ports, i: Instruction, result: ir.Value, operation: Combine, third: ir.Value) -> None:
    """Pd = result op third; Pe = (not result) op third."""
    p.set_predicate(i.operands[0], combine(p, operation, result, third))
    p.set_predicate(i.operands[1], combine(p, operation, p.b.not_(result), third))


@maxwell("PSETP")
def psetp(p: Ports, i: Instruction) -> None:
    """Pd = (p b1 q) b2 r; Pe = (!p b1 q) b2 r."""
    first, second = i.fields[FIRST_COMBINE], i.fields[SECOND_COMBINE]
    pd, pe, x, y, z = i.operands
    px, py, pz = p.predicate(x), p.predicate(y), p.predicate(z)
    results = [combine(p, second, combine(p, first, v, py), pz) for v in (px, p.b.not_(px))]
    p.set_predicate(pd, results[0])
    p.set_predicate(pe, results[1])
