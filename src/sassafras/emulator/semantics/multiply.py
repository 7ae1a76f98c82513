"""XMAD: Maxwell's 16 x 16 + 32 bit multiply-add, out of which compilers build nearly every integer product;
and IMUL, which they use now and then.
"""

from __future__ import annotations

from typing import assert_never

from llvmlite import ir

from sassafras.emulator.ports import I16, I32, I64, Ports
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.opcodes.modifiers import (
    ADDEND,
    FIRST_FACTOR,
    HIGH,
    MERGED,
    PRODUCT_SHIFTED,
    SECOND_FACTOR,
    Addend,
    Type,
)
from sassafras.isa.operands import Constant, Half, Immediate, Operand, Register
from sassafras.isa.program import Instruction

_Factors = tuple[tuple[Operand, Type], tuple[Operand, Type]]  #: operand and type of each factor


def _half_of(operand: Operand) -> Half:
    chosen = operand.half if isinstance(operand, Register | Constant) else None
    return chosen or Half.H0


def _other(half: Half) -> Half:
    return Half.H0 if half is Half.H1 else Half.H1


def _is_negative(p: Ports, half: ir.Value) -> ir.Value:
    return p.b.icmp_signed("<", p.b.trunc(half, I16), I16(0))


def _signed(p: Ports, half: ir.Value) -> ir.Value:
    return p.b.sext(p.b.trunc(half, I16), I32)


def _csfu(p: Ports, factors: _Factors, c: ir.Value) -> ir.Value:
    """c - 65536 [a's half < 0 and b's other half != 0] - 65536 [b's half < 0 and a's other half != 0]; a
    factor of type U16 is never < 0.

    Derived from compiled signed high products, certain only inside that idiom (docs/sass.md, XMAD).
    """
    for (one, kind), (two, _) in (factors, factors[::-1]):
        if not kind.signed:
            continue
        negative = _is_negative(p, p.half(p.raw(one), _half_of(one)))
        partner = p.b.icmp_unsigned("!=", p.half(p.raw(two), _other(_half_of(two))), I32(0))
        correction = p.b.select(p.b.and_(negative, partner), I32(65536), I32(0))
        c = p.b.sub(c, correction)
    return c


def _third_operand(p: Ports, i: Instruction, factors: _Factors) -> ir.Value:
    _, _, b, c_operand = i.operands
    c = p.integer(c_operand)
    match addend := i.fields[ADDEND]:
        case Addend.WHOLE:
            return c
        case Addend.LOW:
            return p.b.and_(c, I32(0xFFFF))
        case Addend.HIGH:
            return p.b.lshr(c, I32(16))
        case Addend.PLUS_SECOND:
            return p.b.add(c, p.b.shl(p.raw(b), I32(16)))
        case Addend.SIGN_FIX:
            return _csfu(p, factors, c)
        case _:
            assert_never(addend)


def _operand_types(p: Ports, i: Instruction, usual: Type) -> tuple[Type, Type]:
    """One printed type per factor, or none at all: both the usual one."""
    first, second = i.fields[FIRST_FACTOR], i.fields[SECOND_FACTOR]
    if first is None and second is None:
        return usual, usual
    if first is None or second is None:
        raise p.refuse("the type of one factor is missing")
    return first, second


@maxwell("XMAD")
def xmad(p: Ports, i: Instruction) -> None:
    """d = half(a) * half(b) [<< 16: .PSL] + c'; .MRG: the upper half of d becomes b's low half."""
    d, a, b, _ = i.operands
    type_a, type_b = _operand_types(p, i, Type.U16)
    halves, factors = [], ((a, type_a), (b, type_b))
    for operand, kind in factors:
        value = (
            p.raw(operand) if isinstance(operand, Immediate) else p.half(p.raw(operand), _half_of(operand))
        )
        value = p.b.and_(value, I32(0xFFFF))
        halves.append(_signed(p, value) if kind.signed else value)
    product = p.b.mul(*halves)
    if i.fields[PRODUCT_SHIFTED]:
        product = p.b.shl(product, I32(16))
    result = p.b.add(product, _third_operand(p, i, factors))
    if i.fields[MERGED]:
        result = p.b.or_(p.b.and_(result, I32(0xFFFF)), p.b.shl(p.raw(b), I32(16)))
    p.write(d, result)


@maxwell("IMUL", "IMUL32I")
def imul(p: Ports, i: Instruction) -> None:
    """d = the low word of a * b, or the high one (.HI), of two signed or two unsigned words.

    Which of the two printed types is whose factor's is not known; the low word does not depend on it.
    """
    d, a, b = i.operands
    first, second = _operand_types(p, i, Type.S32)
    if i.fields[HIGH] and first is not second:
        raise p.refuse("the high word of factors of two types is unknown")
    extend = p.b.sext if first.signed else p.b.zext
    product = p.b.mul(extend(p.integer(a), I64), extend(p.integer(b), I64))
    if i.fields[HIGH]:
        product = p.b.lshr(product, I64(32))
    p.write(d, p.b.trunc(product, I32))
