"""Conversions between integers and floats."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I32, I64, Ports
from sassafras.emulator.semantics.double import canonical_double
from sassafras.emulator.semantics.floating import canonical, saturate
from sassafras.emulator.semantics.registry import maxwell
from sassafras.emulator.semantics.rounding import directed
from sassafras.isa.opcodes.modifiers import (
    FLOAT_STEP,
    FLUSH,
    OPERAND,
    RESULT,
    ROUNDING,
    SATURATED,
    TO_INTEGER,
    Rounding,
    Type,
)
from sassafras.isa.operands import Half, Operand
from sassafras.isa.program import Instruction

_TO_INTEGRAL = {
    Rounding.NEAREST: "llvm.roundeven",
    Rounding.DOWN: "llvm.floor",
    Rounding.UP: "llvm.ceil",
    Rounding.ZERO: "llvm.trunc",
}


def _round_double(p: Ports, rounding: Rounding, value: ir.Value) -> ir.Value:
    return p.intrinsic(_TO_INTEGRAL[rounding], F64, value)


def _float_source(p: Ports, i: Instruction, kind: Type) -> ir.Value:
    """The source as a double."""
    operand = i.operands[1]
    if kind is Type.F32:
        return p.b.fpext(p.floating(operand, ftz=i.fields[FLUSH]), F64)
    bits = p.pair(operand)
    if getattr(operand, "absolute", False):
        bits = p.b.and_(bits, I64(0x7FFFFFFFFFFFFFFF))
    if getattr(operand, "negate", False):
        bits = p.b.xor(bits, I64(1 << 63))
    return p.b.bitcast(bits, F64)


@maxwell("F2I")
def f2i(p: Ports, i: Instruction) -> None:
    """Round to an integer and clamp to its range; NaN gives 0 from single to 32 bits, otherwise the top bit
    alone (PTX ISA, cvt).
    """
    to, source = i.fields[RESULT], i.fields[OPERAND]
    bits, signed = to.bits, to.signed
    if bits < 32:
        raise p.refuse("narrow destinations are not converted")
    value = _round_double(p, i.fields[TO_INTEGER], _float_source(p, i, source))
    low = -(2 ** (bits - 1)) if signed else 0
    high = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
    kind = I64 if bits == 64 else I32
    below = p.b.fcmp_ordered("<=", value, F64(float(low)))
    above = p.b.fcmp_ordered(">=", value, F64(float(high)))  # 2**63 - 1 as a double is 2**63: still a clamp
    nan = p.b.fcmp_unordered("uno", value, value)
    outside = p.b.or_(nan, p.b.or_(below, above))
    safe = p.b.select(outside, F64(0.0), value)
    number = p.b.fptosi(safe, I64) if signed or bits == 32 else p.b.fptoui(safe, I64)
    number = number if bits == 64 else p.b.trunc(number, I32)
    number = p.b.select(below, kind(low & (2**bits - 1)), number)
    number = p.b.select(above, kind(high), number)
    number = p.b.select(nan, kind(0 if bits == 32 and source is Type.F32 else 1 << (bits - 1)), number)
    if bits == 64:
        p.write_pair(i.operands[0], number)
    else:
        p.write(i.operands[0], number)


def _integer_source(p: Ports, i: Instruction, kind: Type) -> ir.Value:
    """The source as i64, extended by its type; then |x| and -x. |-2**63| is 2**63 as an unsigned number."""
    operand = i.operands[1]
    bits, signed = kind.bits, kind.signed
    if bits == 64 and getattr(operand, "negate", False):
        raise p.refuse("a negated 64-bit source has no known meaning")
    if bits == 64:
        value = p.pair(operand)
    else:
        word = _chosen_half(p, operand, bits)
        narrow = p.b.trunc(word, ir.IntType(bits)) if bits < 32 else word
        value = p.b.sext(narrow, I64) if signed else p.b.zext(narrow, I64)
    if getattr(operand, "absolute", False) and signed:
        value = p.b.select(p.b.icmp_signed("<", value, I64(0)), p.b.neg(value), value)
    if getattr(operand, "negate", False):
        value = p.b.neg(value)
    return value


def _chosen_half(p: Ports, operand: Operand, bits: int) -> ir.Value:
    """The source word, shifted down where its upper half is meant (16-bit sources only)."""
    half = getattr(operand, "half", None)
    if half is not None and bits != 16:
        raise p.refuse("a half is chosen of a source that is not 16 bits wide")
    return p.b.lshr(p.raw(operand), I32(16)) if half is Half.H1 else p.raw(operand)


@maxwell("I2F")
def i2f(p: Ports, i: Instruction) -> None:
    """Correctly rounded conversion of an integer to a float."""
    to, source = i.fields[RESULT], i.fields[OPERAND]
    value = _integer_source(p, i, source)
    mode = i.fields[ROUNDING]
    if to is Type.F64:
        if mode is not Rounding.NEAREST or source.bits == 64:
            raise p.refuse("this conversion to double is not emulated")
        p.write_pair(i.operands[0], p.b.bitcast(p.b.sitofp(value, F64), I64))
        return
    operand = i.operands[1]
    unsigned = source is Type.U64 or (source is Type.S64 and getattr(operand, "absolute", False))
    convert = p.b.uitofp if unsigned else p.b.sitofp
    if mode is Rounding.NEAREST:
        p.write(i.operands[0], p.b.bitcast(convert(value, F32), I32))
        return
    p.write(i.operands[0], directed(p, mode, *_as_two_doubles(p, value, unsigned=unsigned)))


def _as_two_doubles(p: Ports, value: ir.Value, *, unsigned: bool) -> tuple[ir.Value, ir.Value]:
    """A 64-bit integer exactly as the sum of its nearest double and a rest."""
    high = p.b.shl(p.b.lshr(value, I64(32)), I64(32)) if unsigned else p.b.and_(value, I64(-(1 << 32)))
    low = p.b.and_(value, I64(0xFFFFFFFF))
    wide = p.b.uitofp(high, F64) if unsigned else p.b.sitofp(high, F64)
    rest = p.b.uitofp(low, F64)
    s = p.b.fadd(wide, rest)
    return s, p.b.fsub(rest, p.b.fsub(s, wide))


@maxwell("I2I")
def i2i(p: Ports, i: Instruction) -> None:
    """Integer to integer: |x| or -x, then truncation (or clamping, .SAT) to the destination type."""
    to, source = i.fields[RESULT], i.fields[OPERAND]
    if 64 in (to.bits, source.bits):
        raise p.refuse("64-bit I2I is not emulated")
    value = _integer_source(p, i, source)
    bits, signed = to.bits, to.signed
    if i.fields[SATURATED]:
        value = _clamp(p, value, bits, signed=signed)
    narrow = p.b.trunc(value, ir.IntType(bits))
    result = narrow if bits == 32 else (p.b.sext if signed else p.b.zext)(narrow, I32)
    p.write(i.operands[0], result)


def _clamp(p: Ports, value: ir.Value, bits: int, *, signed: bool) -> ir.Value:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    value = p.b.select(p.b.icmp_signed("<", value, I64(low)), I64(low), value)
    return p.b.select(p.b.icmp_signed(">", value, I64(high)), I64(high), value)


@maxwell("F2F")
def f2f(p: Ports, i: Instruction) -> None:
    """Float to float: rounding to an integral value (.FLOOR, .CEIL, .TRUNC, .ROUND), or between single and
    double.
    """
    to, source = i.fields[RESULT], i.fields[OPERAND]
    value = _float_source(p, i, source)
    rounding, integral = i.fields[FLOAT_STEP]
    if integral:
        value = _round_double(p, rounding, value)
    elif rounding is not Rounding.NEAREST and to is not source:
        raise p.refuse("directed rounding between float types is not emulated")
    if to is Type.F64:
        if i.fields[SATURATED]:
            raise p.refuse("saturation of doubles is not emulated")
        p.write_pair(i.operands[0], canonical_double(p, value))
        return
    bits = canonical(p, p.b.fptrunc(value, F32))
    bits = p.flush(bits) if i.fields[FLUSH] else bits
    p.write(i.operands[0], saturate(p, bits) if i.fields[SATURATED] else bits)
