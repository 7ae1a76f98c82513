"""Bitwise logic."""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.emulator.ports import I1, I8, I32, Ports
from sassafras.emulator.semantics.compare import write_word
from sassafras.emulator.semantics.predicate import combine
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.opcodes.modifiers import EXTENDED, LOGIC, LOGIC_TEST, WordTest
from sassafras.isa.operands import Operand, Predicate
from sassafras.isa.program import Instruction


def _split(i: Instruction) -> tuple[Operand | None, tuple[Operand, ...]]:
    """The optional predicate destination, and the rest."""
    first, *rest = i.operands
    return (first, tuple(rest)) if isinstance(first, Predicate) else (None, i.operands)


def _write_with_test(
    p: Ports, i: Instruction, predicate: Operand | None, d: Operand, result: ir.Value
) -> None:
    """Write the result, and its test to the predicate: .NZ not zero, .Z zero, .T true. .X: zero together
    with the lower words of which Z tells.
    """
    zero = p.b.icmp_unsigned("==", result, I32(0))
    if i.fields[EXTENDED]:
        zero = p.b.and_(zero, p.b.icmp_unsigned("!=", p.flag("Z"), I8(0)))
    write_word(p, d, result, zero)
    if predicate is not None:
        p.set_predicate(predicate, _asked(p, i.fields[LOGIC_TEST], zero))


def _asked(p: Ports, test: WordTest | None, zero: ir.Value) -> ir.Value:
    match test:
        case WordTest.TRUE:
            return I1(1)
        case WordTest.ZERO:
            return zero
        case WordTest.NOT_ZERO:
            return p.b.not_(zero)
        case None:
            raise p.refuse("a predicate is written without a test")
        case _:
            assert_never(test)


@maxwell("LOP", "LOP32I")
def lop(p: Ports, i: Instruction) -> None:
    """d = a op b, op one of AND, OR, XOR, PASS_B; operands may be inverted."""
    predicate, (d, a, b) = _split(i)
    x, y = p.integer(a), p.integer(b)
    _write_with_test(p, i, predicate, d, combine(p, i.fields[LOGIC], x, y))


def truth_table(p: Ports, a: ir.Value, b: ir.Value, c: ir.Value, table: int) -> ir.Value:
    """Bit by bit: the bit of ``table`` at 4a + 2b + c."""
    terms = a.type(0)
    for row in range(8):
        if table >> row & 1:
            picked = [v if row >> bit & 1 else p.b.not_(v) for v, bit in ((a, 2), (b, 1), (c, 0))]
            terms = p.b.or_(terms, p.b.and_(p.b.and_(picked[0], picked[1]), picked[2]))
    return terms


@maxwell("LOP3")
def lop3(p: Ports, i: Instruction) -> None:
    """Any function of three inputs, given by its truth table."""
    predicate, (d, a, b, c, table) = _split(i)
    number = getattr(table, "bits", None)
    if number is None:
        raise p.refuse("the truth table is no literal")
    result = truth_table(p, p.integer(a), p.integer(b), p.integer(c), number & 0xFF)
    _write_with_test(p, i, predicate, d, result)
