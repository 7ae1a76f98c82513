"""Logic on predicates, and the combination step that all comparisons share."""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.emulator.ports import Ports
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.locations import File
from sassafras.isa.opcodes.modifiers import CODE_TEST, COMBINE, FIRST_COMBINE, SECOND_COMBINE, Combine
from sassafras.isa.operands import Operand, WholeFile
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


def both_combined(p: Ports, i: Instruction) -> tuple[ir.Value, ir.Value]:
    """(p b1 q) b2 r, and the same of not p, for the last three operands."""
    first, second = i.fields[FIRST_COMBINE], i.fields[SECOND_COMBINE]
    x, y, z = (p.predicate(operand) for operand in i.operands[-3:])
    return (
        combine(p, second, combine(p, first, x, y), z),
        combine(p, second, combine(p, first, p.b.not_(x), y), z),
    )


@maxwell("PSETP")
def psetp(p: Ports, i: Instruction) -> None:
    """Pd = (p b1 q) b2 r; Pe = (!p b1 q) b2 r."""
    for destination, result in zip(i.operands[:2], both_combined(p, i), strict=True):
        p.set_predicate(destination, result)


def codes_asked(p: Ports, i: Instruction, file: Operand) -> ir.Value:
    """The test of the condition codes that CSETP and CSET make."""
    if file != WholeFile(File.CODES):
        raise p.refuse("only condition codes are tested so")
    return p.code_test(i.fields[CODE_TEST])


@maxwell("CSETP")
def csetp(p: Ports, i: Instruction) -> None:
    """Pd = (test of the condition codes) op Pc; Pe = !(test) op Pc."""
    set_both(p, i, codes_asked(p, i, i.operands[2]), i.fields[COMBINE], p.predicate(i.operands[3]))
