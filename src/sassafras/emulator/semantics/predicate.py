"""Logic on predicates, and the combination step that all comparisons share."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import Ports
from sassafras.emulator.semantics.registry import semantics
from sassafras.isa.program import Instruction

BOOLEAN = ("AND", "OR", "XOR")


def combine(p: Ports, operation: str, x: ir.Value, y: ir.Value) -> ir.Value:
    """x op y on predicates."""
    return {"AND": p.b.and_, "OR": p.b.or_, "XOR": p.b.xor}[operation](x, y)


def boolean_operations(i: Instruction) -> list[str]:
    """The boolean modifiers, in order."""
    return [m for m in i.modifiers if m in BOOLEAN]


def set_both(p: Ports, i: Instruction, result: ir.Value, operation: str, third: ir.Value) -> None:
    """Pd = result op third; Pe = (not result) op third."""
    p.set_predicate(i.operands[0], combine(p, operation, result, third))
    p.set_predicate(i.operands[1], combine(p, operation, p.b.not_(result), third))


@semantics("PSETP")
def psetp(p: Ports, i: Instruction) -> None:
    """Pd = (p b1 q) b2 r; Pe = (!p b1 q) b2 r."""
    first, second = boolean_operations(i)
    pd, pe, x, y, z = i.operands
    px, py, pz = p.predicate(x), p.predicate(y), p.predicate(z)
    results = [combine(p, second, combine(p, first, v, py), pz) for v in (px, p.b.not_(px))]
    p.set_predicate(pd, results[0])
    p.set_predicate(pe, results[1])
