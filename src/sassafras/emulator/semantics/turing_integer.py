"""Integer and predicate opcodes of Turing and its successors whose meaning Maxwell has no like of.

Carries are predicates there. An opcode with a U in front does the same to the registers and predicates of the
warp: the operands say so. Source: sass-semantics sections 6a and A3.
"""

from __future__ import annotations

from itertools import takewhile

from llvmlite import ir

from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.compare import integer_test
from sassafras.emulator.semantics.logic import truth_table
from sassafras.emulator.semantics.predicate import set_both
from sassafras.emulator.semantics.registry import turing
from sassafras.isa.opcodes.modifiers import COMBINE, HIGH, SIDE, SIGNED, WRAPPED, Side
from sassafras.isa.opcodes.modifiers_of_turing import (
    LOWER_TOO,
    PRODUCT,
    SHIFTED_TYPE,
    SIGN_EXTENDED,
    Product,
)
from sassafras.isa.operands import Immediate, Operand, Predicate, UniformPredicate
from sassafras.isa.program import Instruction

_Operands = list[Operand]


def _is_predicate(operand: Operand) -> bool:
    return isinstance(operand, Predicate | UniformPredicate)


def _parts(i: Instruction) -> tuple[Operand, _Operands, _Operands, _Operands]:
    """Destination, carries out, sources, carries in."""
    d, *rest = i.operands
    outs = list(takewhile(_is_predicate, rest))
    sources = list(takewhile(lambda o: not _is_predicate(o), rest[len(outs) :]))
    return d, outs, sources, rest[len(outs) + len(sources) :]


def _carried(p: Ports, total: ir.Value, ins: _Operands) -> ir.Value:
    """A sum (i64) with the carries that come in."""
    for carry in ins:
        total = p.b.add(total, p.b.zext(p.predicate(carry), I64))
    return total


def _write_sum(p: Ports, d: Operand, outs: _Operands, total: ir.Value) -> None:
    """The low word of a sum; the k-th carry says whether it is at least k times 2**32."""
    p.write(d, p.b.trunc(total, I32))
    for k, carry in enumerate(outs, 1):
        p.set_predicate(carry, p.b.icmp_unsigned(">=", total, I64(k << 32)))


@turing("IADD3", "UIADD3")
def iadd3(p: Ports, i: Instruction) -> None:
    """d = a + b + c (+ carries); -x counts as (~x) + 1 in 33 bits, so that -0 carries."""
    d, outs, sources, ins = _parts(i)
    total = I64(0)
    for source in sources:
        total = p.b.add(total, p.addend(source, extended=False))
    _write_sum(p, d, outs, _carried(p, total, ins))


@turing("VIADD")
def viadd(p: Ports, i: Instruction) -> None:
    """d = a + b."""
    d, a, b = i.operands
    p.write(d, p.b.add(p.integer(a), p.integer(b)))


@turing("VIADDMNMX")
def viaddmnmx(p: Ports, i: Instruction) -> None:
    """d = P ? min(a + b, c) : max(a + b, c); the sum wraps."""
    d, a, b, c, predicate = i.operands
    x, y = p.b.add(p.integer(a), p.integer(b)), p.integer(c)
    less = (p.b.icmp_signed if i.fields[SIGNED] else p.b.icmp_unsigned)("<", x, y)
    p.write(d, p.b.select(p.b.xor(less, p.b.not_(p.predicate(predicate))), x, y))


@turing("LEA", "ULEA")
def lea(p: Ports, i: Instruction) -> None:
    """d = (a << n) + b; .HI: the upper word of {c, a} << n, and b (.SX32: c: a's sign); .X: a carry, too."""
    d, outs, sources, ins = _parts(i)
    *sources, count = sources
    literal = count.bits if isinstance(count, Immediate) else None
    if literal is None or len(sources) != 2 + (i.fields[HIGH] and not i.fields[SIGN_EXTENDED]):
        raise p.refuse("LEA has two sources and a count, with .HI a third source unless .SX32")
    a = p.integer(sources[0])
    if i.fields[HIGH]:
        if getattr(sources[0], "negate", False):
            raise p.refuse("a negated 64-bit source has no known meaning")
        low = p.b.sext(a, I64) if i.fields[SIGN_EXTENDED] else p.b.zext(a, I64)
        wide = low
        if not i.fields[SIGN_EXTENDED]:
            wide = p.b.or_(low, p.b.shl(p.b.zext(p.integer(sources[2]), I64), I64(32)))
        shifted = p.b.trunc(p.b.lshr(wide, I64(32 - (literal & 31))), I32)
    else:
        shifted = p.b.shl(a, I32(literal & 31))
    total = p.b.add(p.b.zext(shifted, I64), p.addend(sources[1], extended=False))
    _write_sum(p, d, outs, _carried(p, total, ins))


def _wide_addend(p: Ports, operand: Operand) -> ir.Value:
    if isinstance(operand, Immediate):
        raise p.refuse("a literal as a 64-bit addend has no known meaning")
    value = p.pair(operand)
    if getattr(operand, "invert", False):
        return p.b.not_(value)
    return p.b.neg(value) if getattr(operand, "negate", False) else value


@turing("IMAD", "UIMAD")
def imad(p: Ports, i: Instruction) -> None:
    """d = a * b + c (+ a carry): the lower word; .WIDE: both, with a c of two; .HI: the upper one. The
    carry out is that of 64 bits without sign.
    """
    d, outs, (a, b, c), ins = _parts(i)
    if i.fields[PRODUCT] is Product.LOW:
        if outs:
            raise p.refuse("the carry of one word of a product has no known meaning")
        total = p.b.add(p.b.mul(p.integer(a), p.integer(b)), p.integer(c))
        for carry in ins:
            total = p.b.add(total, p.b.zext(p.predicate(carry), I32))
        p.write(d, total)
        return
    extend = p.b.sext if i.fields[SIGNED] else p.b.zext
    product = p.b.mul(extend(p.integer(a), I64), extend(p.integer(b), I64))
    total = p.b.add(product, _wide_addend(p, c))
    carried = p.b.icmp_unsigned("<", total, product)
    for carry in ins:
        more = p.b.add(total, p.b.zext(p.predicate(carry), I64))
        carried, total = p.b.or_(carried, p.b.icmp_unsigned("<", more, total)), more
    if i.fields[PRODUCT] is Product.WIDE:
        p.write_pair(d, total)
    else:
        p.write(d, p.b.trunc(p.b.lshr(total, I64(32)), I32))
    for out in outs:
        p.set_predicate(out, carried)


@turing("IABS")
def iabs(p: Ports, i: Instruction) -> None:
    """d = |a|; that of the smallest number is itself."""
    d, a = i.operands
    value = p.integer(a)
    p.write(d, p.b.select(p.b.icmp_signed("<", value, I32(0)), p.b.neg(value), value))


@turing("BREV", "UBREV")
def brev(p: Ports, i: Instruction) -> None:
    """d = the bits of a in reverse."""
    p.write(i.operands[0], p.intrinsic("llvm.bitreverse", I32, p.integer(i.operands[1])))


@turing("SHF", "USHF")
def shf(p: Ports, i: Instruction) -> None:
    """{hi, lo} shifted; .HI gives the upper word, otherwise the lower one. The count is at most 32, or 64 for
    types of 64 bits; .W: modulo these.
    """
    d, low, count, high = i.operands
    kind = i.fields[SHIFTED_TYPE]
    wide = p.b.or_(p.b.zext(p.integer(low), I64), p.b.shl(p.b.zext(p.integer(high), I64), I64(32)))
    n = p.integer(count)
    if i.fields[WRAPPED]:
        n = p.b.and_(n, I32(kind.bits - 1))
    else:
        n = p.b.select(p.b.icmp_unsigned("<", n, I32(kind.bits)), n, I32(kind.bits))
    far = p.b.icmp_unsigned("==", n, I32(64))
    by = p.b.zext(p.b.and_(n, I32(63)), I64)
    if i.fields[SIDE] is Side.LEFT:
        shifted = p.b.select(far, I64(0), p.b.shl(wide, by))
    elif kind.signed:
        shifted = p.b.select(far, p.b.ashr(wide, I64(63)), p.b.ashr(wide, by))
    else:
        shifted = p.b.select(far, I64(0), p.b.lshr(wide, by))
    if i.fields[HIGH]:
        shifted = p.b.lshr(shifted, I64(32))
    p.write(d, p.b.trunc(shifted, I32))


def _table(p: Ports, operand: Operand) -> int:
    if not isinstance(operand, Immediate):
        raise p.refuse("the truth table is no literal")
    return operand.bits & 0xFF


@turing("LOP3", "ULOP3")
def lop3(p: Ports, i: Instruction) -> None:
    """Any function of three words, given by its truth table; P = result is not 0, or Pp."""
    *told, d, a, b, c, table, also = i.operands
    result = truth_table(p, p.integer(a), p.integer(b), p.integer(c), _table(p, table))
    p.write(d, result)
    for predicate in told:
        some = p.b.icmp_unsigned("!=", result, I32(0))
        p.set_predicate(predicate, p.b.or_(some, p.predicate(also)))


@turing("PLOP3", "UPLOP3")
def plop3(p: Ports, i: Instruction) -> None:
    """Two functions of three predicates, each given by its truth table."""
    first, second, *sources, one, other = i.operands
    a, b, c = (p.predicate(source) for source in sources)
    results = [truth_table(p, a, b, c, _table(p, table)) for table in (one, other)]
    for predicate, result in zip((first, second), results, strict=True):
        p.set_predicate(predicate, result)


@turing("ISETP", "UISETP")
def isetp(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc; Pe = !(a cc b) op Pc. .EX: where a is b, what the lower words said (the last
    predicate) is taken.
    """
    _, _, a, b, third, *lower = i.operands
    x, y = p.integer(a), p.integer(b)
    result = integer_test(p, i, x, y)
    if i.fields[LOWER_TOO] != bool(lower):
        raise p.refuse("what the lower words said goes with .EX")
    for said in lower:
        result = p.b.select(p.b.icmp_unsigned("==", x, y), p.predicate(said), result)
    set_both(p, i, result, i.fields[COMBINE], p.predicate(third))
