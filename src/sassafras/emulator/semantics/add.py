"""Integer additions and their carry chains."""

from __future__ import annotations

from dataclasses import replace

from llvmlite import ir

from sassafras.emulator.ports import I1, I8, I32, I64, Ports
from sassafras.emulator.semantics.registry import maxwell
from sassafras.emulator.windows import WINDOWS, in_window
from sassafras.isa.opcodes.modifiers import EXTENDED, HIGH, SATURATED, SUM_SHIFT, SumShift
from sassafras.isa.operands import Constant, Immediate, Operand, Predicate, Register
from sassafras.isa.program import Instruction


def writes_cc(destination: Operand) -> bool:
    """Whether the destination is written ``Rn.CC``."""
    return isinstance(destination, Register) and destination.writes_cc


def _set_add_flags(
    p: Ports, result: ir.Value, carry: ir.Value, overflow: ir.Value, *, extended: bool
) -> None:
    """Z of an extended addition stays set only if it was set: then the flags describe the whole multiword
    sum.
    """
    zero = p.b.icmp_unsigned("==", result, I32(0))
    if extended:
        zero = p.b.and_(zero, p.b.icmp_unsigned("!=", p.flag("Z"), I8(0)))
    p.set_flags(z=zero, s=p.b.icmp_signed("<", result, I32(0)), c=carry, o=overflow)


Addend = tuple[ir.Value, ir.Value]
"""An addend twice, as i64: what the adder counts (in [0, 2**32]) and its signed value."""


def _addend(p: Ports, operand: Operand, *, extended: bool) -> Addend:
    """An operand of a carrying addition. -x is signed -x, so that a - b overflows exactly where a signed
    difference does not fit.
    """
    counted = p.addend(operand, extended=extended)
    signed = p.b.sext(p.raw(operand), I64)
    if isinstance(operand, Register | Constant) and operand.negate:
        signed = p.b.not_(signed) if extended else p.b.neg(signed)
    return counted, signed


def _shifted(p: Ports, value: ir.Value) -> Addend:
    return p.b.zext(value, I64), p.b.sext(value, I64)


def _add(p: Ports, destination: Operand, x: Addend, y: Addend, *, extended: bool) -> None:
    """Two addends; the carry flag comes in when extended."""
    total, signed = (p.b.add(a, b) for a, b in zip(x, y, strict=True))
    if extended:
        carry_in = p.b.zext(p.b.icmp_unsigned("!=", p.flag("C"), I8(0)), I64)
        total, signed = p.b.add(total, carry_in), p.b.add(signed, carry_in)
    result = p.b.trunc(total, I32)
    if writes_cc(destination):
        carry = p.b.icmp_unsigned("!=", p.b.lshr(total, I64(32)), I64(0))
        overflow = p.b.icmp_signed("!=", p.b.sext(result, I64), signed)
        _set_add_flags(p, result, carry, overflow, extended=extended)
    p.write(destination, result)


def _saturated(p: Ports, i: Instruction, x: ir.Value, y: ir.Value) -> None:
    """The sum of two signed numbers, clamped to 32 bits."""
    if i.fields[EXTENDED] or writes_cc(i.operands[0]):
        raise p.refuse("a clamped sum with condition codes has no known meaning")
    low, high = I64(-(1 << 31)), I64((1 << 31) - 1)
    total = p.b.add(x, y)
    total = p.b.select(p.b.icmp_signed("<", total, low), low, total)
    total = p.b.select(p.b.icmp_signed(">", total, high), high, total)
    p.write(i.operands[0], p.b.trunc(total, I32))


@maxwell("IADD", "IADD32I")
def iadd(p: Ports, i: Instruction) -> None:
    """d = a + b (+ C); .SAT: the exact signed sum, clamped."""
    d, a, b = i.operands
    x = i.fields[EXTENDED]
    if i.fields[SATURATED]:
        _saturated(p, i, _addend(p, a, extended=False)[1], _addend(p, b, extended=False)[1])
        return
    _add(p, d, _addend(p, a, extended=x), _addend(p, b, extended=x), extended=x)


def _with_sign(operand: Operand) -> Operand:
    """An immediate of IADD3 with its sign: nvdisasm prints the 20 bits of the field as they are, -2 as
    0xffffe.
    """
    if isinstance(operand, Immediate) and 0x80000 <= operand.bits < 0x100000:
        return replace(operand, bits=operand.bits | 0xFFF00000)
    return operand


@maxwell("IADD3")
def iadd3(p: Ports, i: Instruction) -> None:
    """d = a + b + c, or ((a + b) >> 16) + c with the 33rd bit kept (.RS), or ((a + b) << 16) + c (.LS)."""
    d, *sources = i.operands
    extended, shift = i.fields[EXTENDED], i.fields[SUM_SHIFT]
    if shift is not SumShift.NONE and (extended or writes_cc(d)):
        raise p.refuse("a shifted sum with condition codes has no known meaning")
    a, b, c = (p.addend(_with_sign(s), extended=extended) for s in sources)
    partial = p.b.add(a, b)
    if shift is SumShift.RIGHT:
        partial = p.b.lshr(p.b.and_(partial, I64(0x1FFFFFFFF)), I64(16))
    if shift is SumShift.LEFT:
        partial = p.b.and_(p.b.shl(partial, I64(16)), I64(0xFFFFFFFF))
    total = p.b.add(partial, c)
    if extended:
        total = p.b.add(total, p.b.zext(p.flag("C"), I64))
    result = p.b.trunc(total, I32)
    if writes_cc(d):
        # Two additions carry up to twice: the following .X takes the count.
        carries = p.b.trunc(p.b.lshr(total, I64(32)), I8)
        _set_add_flags(p, result, carries, I1(0), extended=extended)
    p.write(d, result)


@maxwell("ISCADD", "ISCADD32I")
def iscadd(p: Ports, i: Instruction) -> None:
    """d = (a << n) + b; the flags are those of adding b to the shifted value."""
    d, a, b, n = i.operands
    shifted = p.b.shl(p.integer(a), p.b.and_(p.raw(n), I32(31)))
    _add(p, d, _shifted(p, shifted), _addend(p, b, extended=False), extended=False)


@maxwell("LEA")
def lea(p: Ports, i: Instruction) -> None:
    """d = (a << n) + b; .HI: the high word of {c, a} << n, plus b; .X adds the carry flag. n is 0 where it is
    not printed. A predicate destination: whether the generic address {c, a} is one of global memory.
    """
    predicates = [o for o in i.operands if isinstance(o, Predicate)]
    d, *sources = i.operands[len(predicates) :]
    extended, high = i.fields[EXTENDED], i.fields[HIGH]
    counted = len(sources) == 3 + high
    literal = isinstance(sources[-1], Immediate)
    if len(sources) != 2 + high + counted or (literal != counted and (high or counted)):
        raise p.refuse("LEA.HI has three sources and a count, LEA two and a count")
    if predicates and not high:
        raise p.refuse("only LEA.HI tells where an address leads")
    a, b = sources[:2]
    count = p.b.and_(p.raw(sources[-1]), I32(31)) if counted else I32(0)
    if high:
        if getattr(a, "negate", False):
            raise p.refuse("a negated 64-bit source has no known meaning")
        wide = p.b.or_(p.b.zext(p.integer(a), I64), p.b.shl(p.b.zext(p.integer(sources[2]), I64), I64(32)))
        down = p.b.sub(I64(32), p.b.zext(count, I64))
        shifted = p.b.trunc(p.b.lshr(wide, down), I32)
        for predicate in predicates:
            inside = [in_window(p.b, wide, space) for space in WINDOWS]
            p.set_predicate(predicate, p.b.not_(p.b.or_(*inside)))
    else:
        shifted = p.b.shl(p.integer(a), count)
    _add(p, d, _shifted(p, shifted), _addend(p, b, extended=extended), extended=extended)
