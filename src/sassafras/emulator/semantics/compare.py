"""Integer comparisons, minimum and maximum."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import I1, I8, I32, I64, Ports
from sassafras.emulator.semantics.add import writes_cc
from sassafras.emulator.semantics.predicate import combine, set_both
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.isa.opcodes.modifiers import (
    AS_FLOAT,
    COMBINE,
    EXTENDED,
    INTEGER_COMPARE,
    PART_OF_LONG,
    SIGNED,
    PartOfLong,
    Relation,
)
from sassafras.isa.operands import Operand
from sassafras.isa.program import Instruction

SIGNS = {
    Relation.LESS: "<",
    Relation.EQUAL: "==",
    Relation.LESS_EQUAL: "<=",
    Relation.GREATER: ">",
    Relation.NOT_EQUAL: "!=",
    Relation.GREATER_EQUAL: ">=",
}  #: as LLVM's comparisons are called in llvmlite; the two relations that are left do not compare
_OPPOSITE = {
    Relation.GREATER_EQUAL: Relation.LESS,
    Relation.NOT_EQUAL: Relation.EQUAL,
    Relation.GREATER: Relation.LESS_EQUAL,
}


def integer_test(p: Ports, i: Instruction, x: ir.Value, y: ir.Value) -> ir.Value:
    """x cc y, signed unless .U32."""
    relation = i.fields[INTEGER_COMPARE]
    if relation not in SIGNS:
        return I1(1 if relation is Relation.TRUE else 0)
    compare = p.b.icmp_signed if i.fields[SIGNED] else p.b.icmp_unsigned
    return compare(SIGNS[relation], x, y)


def extended_test(p: Ports, i: Instruction, a: Operand, b: Operand) -> ir.Value:
    """The upper word of a multiword comparison: a + ~b + C, with the lower words' flags."""
    x, y = p.integer(a), p.b.not_(p.integer(b))
    carry = p.b.zext(p.b.icmp_unsigned("!=", p.flag("C"), I8(0)), I64)
    total = p.b.add(p.b.add(p.b.zext(x, I64), p.b.zext(y, I64)), carry)
    result = p.b.trunc(total, I32)
    equal = p.b.and_(p.b.icmp_unsigned("==", result, I32(0)), p.b.icmp_unsigned("!=", p.flag("Z"), I8(0)))
    if i.fields[SIGNED]:
        overflow = p.b.and_(p.b.not_(p.b.xor(x, y)), p.b.xor(x, result))
        less = p.b.icmp_signed("<", p.b.xor(result, overflow), I32(0))
    else:
        less = p.b.icmp_unsigned("==", p.b.lshr(total, I64(32)), I64(0))
    tests = {Relation.LESS: less, Relation.EQUAL: equal, Relation.LESS_EQUAL: p.b.or_(less, equal)}
    relation = i.fields[INTEGER_COMPARE]
    if relation in tests:
        return tests[relation]
    if relation in _OPPOSITE:
        return p.b.not_(tests[_OPPOSITE[relation]])
    raise p.refuse("a constant truth of long numbers has no known meaning")


def _test(p: Ports, i: Instruction, a: Operand, b: Operand) -> ir.Value:
    if i.fields[EXTENDED]:
        return extended_test(p, i, a, b)
    return integer_test(p, i, p.integer(a), p.integer(b))


@maxwell("ISETP")
def isetp(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc; Pe = !(a cc b) op Pc."""
    _, _, a, b, third = i.operands
    set_both(p, i, _test(p, i, a, b), i.fields[COMBINE], p.predicate(third))


def write_word(p: Ports, d: Operand, value: ir.Value, zero: ir.Value | None = None) -> None:
    """A word to its destination; .CC: Z (``zero``, or whether the word is) and S of it, C = O = 0 (inferred:
    no compiled code asks for C or O of what is no sum).
    """
    if writes_cc(d):
        none = p.b.icmp_unsigned("==", value, I32(0)) if zero is None else zero
        p.set_flags(z=none, s=p.b.icmp_signed("<", value, I32(0)), c=I1(0), o=I1(0))
    p.write(d, value)


def write_truth(p: Ports, i: Instruction, result: ir.Value) -> None:
    """All ones or zero (.BF: 1.0 or 0.0) to the destination, with its condition codes."""
    value = p.b.select(result, I32(0x3F800000 if i.fields[AS_FLOAT] else 0xFFFFFFFF), I32(0))
    write_word(p, i.operands[0], value, p.b.not_(result))


@maxwell("ISET")
def iset(p: Ports, i: Instruction) -> None:
    """d = truth of (a cc b) op Pc."""
    _, a, b, third = i.operands
    write_truth(p, i, combine(p, i.fields[COMBINE], _test(p, i, a, b), p.predicate(third)))


@maxwell("ICMP")
def icmp(p: Ports, i: Instruction) -> None:
    """d = (c cc 0) ? a : b."""
    d, a, b, c = i.operands
    chosen = integer_test(p, i, p.integer(c), I32(0))
    p.write(d, p.b.select(chosen, p.integer(a), p.integer(b)))


@turing("IMNMX", "VIMNMX")
@maxwell("IMNMX")
def imnmx(p: Ports, i: Instruction) -> None:
    """d = P ? min(a, b) : max(a, b).

    .XHI, .XMED, .XLO: words of longer numbers, the highest first. The condition codes say whether the words
    so far were equal (Z) and whether a was taken (C); what was found above decides, equal words pass the
    question on. Inferred from compiled 64-bit minima and maxima (which flags hold it is private to the group;
    .XMED is never compiled).
    """
    d, a, b, predicate = i.operands
    part = i.fields[PART_OF_LONG]
    x, y = p.integer(a), p.integer(b)
    if part.follows and i.fields[SIGNED]:
        raise p.refuse("lower words of long numbers have no sign")
    if part in (PartOfLong.WHOLE, PartOfLong.LOW) and writes_cc(d):
        raise p.refuse("nothing follows that could ask for the condition codes")
    compare = p.b.icmp_signed if i.fields[SIGNED] else p.b.icmp_unsigned
    first = p.b.xor(compare("<", x, y), p.b.not_(p.predicate(predicate)))
    equal = p.b.icmp_unsigned("==", x, y)
    if part.follows:
        open_ = p.b.icmp_unsigned("!=", p.flag("Z"), I8(0))
        first = p.b.select(open_, first, p.b.icmp_unsigned("!=", p.flag("C"), I8(0)))
        equal = p.b.and_(equal, open_)
    if writes_cc(d):
        p.set_flags(z=equal, s=I1(0), c=first, o=I1(0))
    p.write(d, p.b.select(first, x, y))
