"""Conversions between integers and floats."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I32, I64, Ports
from sassafras.emulator.semantics.compare import write_word
from sassafras.emulator.semantics.double import canonical_double, double_operand
from sassafras.emulator.semantics.floating import canonical, saturate
from sassafras.emulator.semantics.halves import (
    BFLOAT16,
    BINARY16,
    Format,
    half_of_single,
    narrowed,
    odd_single,
    saturate_half,
    single_of,
)
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.semantics.rounding import directed
from sassafras.emulator.semantics.wide_rounding import fused
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

TO_INTEGRAL = {
    Rounding.NEAREST: "llvm.roundeven",
    Rounding.DOWN: "llvm.floor",
    Rounding.UP: "llvm.ceil",
    Rounding.ZERO: "llvm.trunc",
}


def _round_double(p: Ports, rounding: Rounding, value: ir.Value) -> ir.Value:
    return p.intrinsic(TO_INTEGRAL[rounding], F64, value)


def _single_source(p: Ports, i: Instruction, kind: Type) -> ir.Value:
    """The bits of a source in half or single precision, as single precision."""
    operand = i.operands[1]
    if kind is Type.F32:
        return p.b.bitcast(p.floating(operand, ftz=i.fields[FLUSH]), I32)
    half = p.half(p.raw(operand), getattr(operand, "half", None))
    return p.signed_bits(operand, single_of(p, half, _SHORT[kind]))


def _float_source(p: Ports, i: Instruction, kind: Type) -> ir.Value:
    """The source as a double."""
    if getattr(i.operands[1], "half", None) is not None and kind not in _SHORT:
        raise p.refuse("a half is chosen of a source that is not 16 bits wide")
    if kind is Type.F64:
        return double_operand(p, i.operands[1])
    return p.b.fpext(p.b.bitcast(_single_source(p, i, kind), F32), F64)


@turing("F2I")
@maxwell("F2I")
def f2i(p: Ports, i: Instruction) -> None:
    """Round to an integer and clamp to its range; NaN gives 0 from single or half to 32 bits and less,
    otherwise the top bit alone (PTX ISA, cvt). Narrow results are extended to 32 bits by their sign.
    """
    to, source = i.fields[RESULT], i.fields[OPERAND]
    bits, signed = to.bits, to.signed
    value = _round_double(p, i.fields[TO_INTEGER], _float_source(p, i, source))
    low = -(2 ** (bits - 1)) if signed else 0
    high = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
    kind = I64 if bits == 64 else I32
    below = p.b.fcmp_ordered("<=", value, F64(float(low)))
    above = p.b.fcmp_ordered(">=", value, F64(float(high)))  # 2**63 - 1 as a double is 2**63: still a clamp
    nan = p.b.fcmp_unordered("uno", value, value)
    outside = p.b.or_(nan, p.b.or_(below, above))
    safe = p.b.select(outside, F64(0.0), value)
    number = p.b.fptosi(safe, I64) if signed or bits <= 32 else p.b.fptoui(safe, I64)
    number = number if bits == 64 else p.b.trunc(number, I32)
    number = p.b.select(below, kind(low & (2**kind.width - 1)), number)
    number = p.b.select(above, kind(high), number)
    nothing = bits <= 32 and source is not Type.F64
    number = p.b.select(nan, kind(0 if nothing else _top_bit(bits, signed=signed)), number)
    if bits == 64:
        p.write_pair(i.operands[0], number)
    else:
        p.write(i.operands[0], number)


def _top_bit(bits: int, *, signed: bool) -> int:
    """The top bit of a result alone, extended to a word."""
    return (-(1 << bits - 1)) & 0xFFFFFFFF if signed and bits < 32 else 1 << bits - 1


def _integer_source(p: Ports, i: Instruction, kind: Type) -> ir.Value:
    """The source as i64, extended by its type; then |x| and -x. |-2**63| is 2**63 as an unsigned number."""
    operand = i.operands[1]
    bits, signed = kind.bits, kind.signed
    if bits == 64 and getattr(operand, "negate", False) and not signed:
        raise p.refuse("a negated unsigned 64-bit source has no known meaning")
    if bits == 64:
        value = p.pair(operand)
    else:
        word = _chosen_part(p, operand, bits)
        narrow = p.b.trunc(word, ir.IntType(bits)) if bits < 32 else word
        value = p.b.sext(narrow, I64) if signed else p.b.zext(narrow, I64)
    if getattr(operand, "absolute", False) and signed:
        value = p.b.select(p.b.icmp_signed("<", value, I64(0)), p.b.neg(value), value)
    if getattr(operand, "negate", False):
        value = p.b.neg(value)
    return value


def _chosen_part(p: Ports, operand: Operand, bits: int) -> ir.Value:
    """The source word, shifted down to the half or byte that is meant (.B0 is also the lower half)."""
    half, byte = getattr(operand, "half", None), getattr(operand, "byte", None)
    if (half is not None and bits != 16) or (byte is not None and bits not in (8, 16)):
        raise p.refuse("a part is chosen of a source that is not as wide")
    if byte is not None and bits == 16 and byte % 2:
        raise p.refuse("a 16-bit source cannot begin at an odd byte")
    down = 16 if half is Half.H1 else 8 * (byte or 0)
    return p.b.lshr(p.raw(operand), I32(down)) if down else p.raw(operand)


@turing("I2F", "I2FP")
@maxwell("I2F")
def i2f(p: Ports, i: Instruction) -> None:
    """Correctly rounded conversion of an integer to a float."""
    to, source = i.fields[RESULT], i.fields[OPERAND]
    value, mode, operand = _integer_source(p, i, source), i.fields[ROUNDING], i.operands[1]
    magnitude = source is Type.S64 and getattr(operand, "absolute", False)
    if magnitude and getattr(operand, "negate", False):
        raise p.refuse("the negated magnitude of a 64-bit source has no known meaning")
    unsigned = source is Type.U64 or magnitude
    # -(-2**63) does not fit: it is what it looks like with the other sign, and behind every half.
    smallest = p.b.icmp_signed("==", value, I64(-(1 << 63)))
    turned = source is Type.S64 and getattr(operand, "negate", False)
    match to:
        case Type.F64:
            double = p.b.bitcast(_to_double(p, mode, value, unsigned=unsigned), I64)
            sign = p.b.select(smallest, I64(1 << 63), I64(0))
            p.write_pair(i.operands[0], p.b.xor(double, sign) if turned else double)
        case Type.F16:
            value = p.b.select(smallest, I64((1 << 63) - 1), value) if turned else value
            p.write(i.operands[0], _to_half(p, mode, value, unsigned=unsigned))
        case _:
            single = _to_single(p, mode, value, unsigned=unsigned)
            sign = p.b.select(smallest, I32(1 << 31), I32(0))
            p.write(i.operands[0], p.b.xor(single, sign) if turned else single)


def _to_single(p: Ports, mode: Rounding, value: ir.Value, *, unsigned: bool) -> ir.Value:
    if mode is Rounding.NEAREST:
        return p.b.bitcast((p.b.uitofp if unsigned else p.b.sitofp)(value, F32), I32)
    return directed(p, mode, *_as_two_doubles(p, value, unsigned=unsigned))


def _to_double(p: Ports, mode: Rounding, value: ir.Value, *, unsigned: bool) -> ir.Value:
    if mode is Rounding.NEAREST:
        return (p.b.uitofp if unsigned else p.b.sitofp)(value, F64)
    high = (p.b.lshr if unsigned else p.b.ashr)(value, I64(32))
    wide = (p.b.uitofp if unsigned else p.b.sitofp)(high, F64)
    low = p.b.uitofp(p.b.and_(value, I64(0xFFFFFFFF)), F64)
    return fused(p, mode, wide, F64(2.0**32), low)


def _to_half(p: Ports, mode: Rounding, value: ir.Value, *, unsigned: bool) -> ir.Value:
    """Numbers behind the largest half are all alike, so they are brought to where a float is exact."""
    far = I64(1 << 17)
    above = (p.b.icmp_unsigned if unsigned else p.b.icmp_signed)(">", value, far)
    near = p.b.select(above, far, value)
    if not unsigned:
        near = p.b.select(p.b.icmp_signed("<", near, I64(-(1 << 17))), I64(-(1 << 17)), near)
    return half_of_single(p, mode, p.b.bitcast(p.b.sitofp(near, F32), I32))


def _as_two_doubles(p: Ports, value: ir.Value, *, unsigned: bool) -> tuple[ir.Value, ir.Value]:
    """A 64-bit integer exactly as the sum of its nearest double and a rest."""
    high = p.b.shl(p.b.lshr(value, I64(32)), I64(32)) if unsigned else p.b.and_(value, I64(-(1 << 32)))
    low = p.b.and_(value, I64(0xFFFFFFFF))
    wide = p.b.uitofp(high, F64) if unsigned else p.b.sitofp(high, F64)
    rest = p.b.uitofp(low, F64)
    s = p.b.fadd(wide, rest)
    return s, p.b.fsub(rest, p.b.fsub(s, wide))


@turing("I2I")
@maxwell("I2I")
def i2i(p: Ports, i: Instruction) -> None:
    """Integer to integer: |x| or -x, then truncation (or clamping, .SAT) to the destination type; .CC: Z and
    S of the result.
    """
    to, source = i.fields[RESULT], i.fields[OPERAND]
    if 64 in (to.bits, source.bits):
        raise p.refuse("64-bit I2I is not emulated")
    value = _integer_source(p, i, source)
    bits, signed = to.bits, to.signed
    if i.fields[SATURATED]:
        value = clamped(p, value, bits, signed=signed)
    narrow = p.b.trunc(value, ir.IntType(bits))
    result = narrow if bits == 32 else (p.b.sext if signed else p.b.zext)(narrow, I32)
    write_word(p, i.operands[0], result)


def clamped(p: Ports, value: ir.Value, bits: int, *, signed: bool) -> ir.Value:
    """An integer (i64) clamped to so many bits."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    value = p.b.select(p.b.icmp_signed("<", value, I64(low)), I64(low), value)
    return p.b.select(p.b.icmp_signed(">", value, I64(high)), I64(high), value)


@maxwell("F2F")
def f2f_of_maxwell(p: Ports, i: Instruction) -> None:
    """The same, but for doubles and halves."""
    types = {i.fields[RESULT], i.fields[OPERAND]}
    if types == {Type.F64, Type.F16}:
        raise p.refuse("doubles are converted to halves and back in two steps")
    f2f(p, i)


@turing("F2F")
def f2f(p: Ports, i: Instruction) -> None:
    """Float to float: rounding to an integral value (.FLOOR, .CEIL, .TRUNC, .ROUND), or between half, single
    and double.
    """
    to, source = i.fields[RESULT], i.fields[OPERAND]
    rounding, integral = i.fields[FLOAT_STEP]
    if to in _SHORT:
        if integral:
            raise p.refuse("rounding to an integral half has no known meaning")
        half = _to_short(p, i, rounding, source, _SHORT[to])
        p.write(i.operands[0], saturate_half(p, half, _SHORT[to]) if i.fields[SATURATED] else half)
        return
    value = _float_source(p, i, source)
    if integral:
        value = _round_double(p, rounding, value)
        rounding = Rounding.NEAREST
    if to is Type.F64:
        if i.fields[SATURATED]:
            raise p.refuse("saturation of doubles is not emulated")
        p.write_pair(i.operands[0], canonical_double(p, value))
        return
    _write_single(p, i, rounding, value)


_SHORT = {Type.F16: BINARY16, Type.BF16: BFLOAT16}


def _to_short(p: Ports, i: Instruction, rounding: Rounding, source: Type, kind: Format) -> ir.Value:
    """A number of 16 bits. A double goes by a float that keeps what decides how it is rounded."""
    if source is not Type.F64:
        return narrowed(p, rounding, _single_source(p, i, source), kind)
    value = _float_source(p, i, source)
    nan = p.b.fcmp_unordered("uno", value, value)
    bits = p.b.select(nan, I32(0x7FFFFFFF), odd_single(p, value, F64(0.0)))
    return narrowed(p, rounding, bits, kind)


def _write_single(p: Ports, i: Instruction, rounding: Rounding, value: ir.Value) -> None:
    """A double, rounded to single precision."""
    if rounding is Rounding.NEAREST:
        single = p.b.fptrunc(value, F32)
    else:
        single = p.b.bitcast(directed(p, rounding, value, F64(0.0)), F32)
    bits = canonical(p, single)
    bits = p.flush(bits) if i.fields[FLUSH] else bits
    p.write(i.operands[0], saturate(p, bits) if i.fields[SATURATED] else bits)
