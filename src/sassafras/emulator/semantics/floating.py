"""Single-precision arithmetic and comparisons.
 IEEE binary32, one rounding per instruction, denormals kept unless .FTZ; every NaN result is 0x7fffffff
(sass-semantics section 4).
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I1, I32, Ports
from sassafras.emulator.semantics import transcendental
from sassafras.emulator.semantics.compare import SIGNS, write_truth
from sassafras.emulator.semantics.predicate import combine, set_both
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.semantics.rounding import sum_rounded
from sassafras.isa.opcodes.modifiers import (
    COMBINE,
    FLOAT_COMPARE,
    FLUSH,
    ROUNDING,
    SATURATED,
    SPECIAL_FUNCTION,
    Relation,
    Rounding,
    SpecialFunction,
)
from sassafras.isa.opcodes.modifiers_of_turing import PROPAGATED
from sassafras.isa.operands import Immediate, Operand
from sassafras.isa.program import Instruction

CANONICAL_NAN = 0x7FFFFFFF


def canonical(p: Ports, value: ir.Value) -> ir.Value:
    """Bits of a float result: every NaN becomes 0x7fffffff."""
    nan = p.b.fcmp_unordered("uno", value, value)
    return p.b.select(nan, I32(CANONICAL_NAN), p.b.bitcast(value, I32))


def _finish(p: Ports, i: Instruction, bits: ir.Value) -> None:
    """Flush, saturate, write."""
    if i.fields[FLUSH]:
        bits = p.flush(bits)
    if i.fields[SATURATED]:
        bits = saturate(p, bits)
    p.write(i.operands[0], bits)


def saturate(p: Ports, bits: ir.Value) -> ir.Value:
    """Clamp to [+0, 1]; NaN becomes +0."""
    value = p.b.bitcast(bits, F32)
    positive = p.b.fcmp_ordered(">", value, F32(0.0))
    low = p.b.select(positive, bits, I32(0))
    above = p.b.fcmp_ordered(">", value, F32(1.0))
    return p.b.select(above, I32(0x3F800000), low)


def _wide(p: Ports, *values: ir.Value) -> list[ir.Value]:
    return [p.b.fpext(v, F64) for v in values]


def _sum_bits(p: Ports, mode: Rounding, x: ir.Value, y: ir.Value) -> ir.Value:
    if mode is Rounding.NEAREST:
        return canonical(p, p.b.fadd(x, y))
    return canonical(p, p.b.bitcast(sum_rounded(p, mode, *_wide(p, x, y)), F32))


@turing("FADD")
@maxwell("FADD", "FADD32I")
def fadd(p: Ports, i: Instruction) -> None:
    """d = a + b."""
    x, y = (p.floating(o, ftz=i.fields[FLUSH]) for o in i.operands[1:3])
    _finish(p, i, _sum_bits(p, i.fields[ROUNDING], x, y))


@turing("FMUL")
@maxwell("FMUL", "FMUL32I")
def fmul(p: Ports, i: Instruction) -> None:
    """d = a * b."""
    x, y = (p.floating(o, ftz=i.fields[FLUSH]) for o in i.operands[1:3])
    mode = i.fields[ROUNDING]
    if mode is Rounding.NEAREST:
        bits = canonical(p, p.b.fmul(x, y))
    else:
        product = p.b.fmul(*_wide(p, x, y))
        # Adding the product's own kind of zero changes neither its value nor the sign of a zero.
        zero = p.intrinsic("llvm.copysign", F64, F64(0.0), product)
        bits = canonical(p, p.b.bitcast(sum_rounded(p, mode, product, zero), F32))
    _finish(p, i, bits)


@turing("FFMA")
@maxwell("FFMA", "FFMA32I")
def ffma(p: Ports, i: Instruction) -> None:
    """d = a * b + c with one rounding."""
    x, y, z = (p.floating(o, ftz=i.fields[FLUSH]) for o in i.operands[1:4])
    mode = i.fields[ROUNDING]
    if mode is Rounding.NEAREST:
        bits = canonical(p, p.intrinsic("llvm.fma", F32, x, y, z))
    else:
        a, b, c = _wide(p, x, y, z)
        bits = canonical(p, p.b.bitcast(sum_rounded(p, mode, p.b.fmul(a, b), c), F32))
    _finish(p, i, bits)


def float_test(p: Ports, i: Instruction, x: ir.Value, y: ir.Value) -> ir.Value:
    """x cc y: false on NaN, true on NaN with the suffix U; NUM both numbers, NAN any NaN."""
    relation, on_nan = i.fields[FLOAT_COMPARE]
    if relation in SIGNS:
        return (p.b.fcmp_unordered if on_nan else p.b.fcmp_ordered)(SIGNS[relation], x, y)
    if on_nan is (relation is Relation.TRUE):
        return I1(1 if on_nan else 0)
    return p.b.fcmp_unordered("uno", x, y) if on_nan else p.b.fcmp_ordered("ord", x, y)


def _compare(p: Ports, i: Instruction, a: Operand, b: Operand) -> ir.Value:
    ftz = i.fields[FLUSH]
    return float_test(p, i, p.floating(a, ftz=ftz), p.floating(b, ftz=ftz))


@turing("FSETP")
@maxwell("FSETP")
def fsetp(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc; Pe = !(a cc b) op Pc."""
    _, _, a, b, third = i.operands
    set_both(p, i, _compare(p, i, a, b), i.fields[COMBINE], p.predicate(third))


@turing("FSET")
@maxwell("FSET")
def fset(p: Ports, i: Instruction) -> None:
    """d = truth of (a cc b) op Pc."""
    _, a, b, third = i.operands
    write_truth(p, i, combine(p, i.fields[COMBINE], _compare(p, i, a, b), p.predicate(third)))


@maxwell("FCMP")
def fcmp(p: Ports, i: Instruction) -> None:
    """d = (c cc 0.0) ? a : b on the bits; nvdisasm hides the default condition GT."""
    d, a, b, c = i.operands
    if any(isinstance(o, Immediate) and o.unsure for o in (a, b)):
        raise p.refuse("the text does not say which NaN this is: disassemble with nvdisasm -c -hex")
    chosen = float_test(p, i, p.floating(c, ftz=i.fields[FLUSH]), F32(0.0))
    x, y = (p.b.bitcast(p.floating(o), I32) for o in (a, b))
    p.write(d, p.b.select(chosen, x, y))


@turing("FMNMX")
@maxwell("FMNMX")
def fmnmx(p: Ports, i: Instruction) -> None:
    """d = P ? min(a, b) : max(a, b); a NaN loses (.NAN: wins), two give the canonical NaN; -0 is below +0."""
    _, a, b, predicate = i.operands
    x, y = (p.floating(o, ftz=i.fields[FLUSH]) for o in (a, b))
    xb, yb = p.b.bitcast(x, I32), p.b.bitcast(y, I32)
    equal_zero = p.b.fcmp_ordered("==", x, y)
    x_below = p.b.select(equal_zero, p.b.icmp_signed("<", xb, yb), p.b.fcmp_ordered("<", x, y))
    take_x = p.b.xor(x_below, p.b.not_(p.predicate(predicate)))
    picked = p.b.select(take_x, xb, yb)
    x_nan, y_nan = (p.b.fcmp_unordered("uno", v, v) for v in (x, y))
    picked = p.b.select(x_nan, yb, p.b.select(y_nan, xb, picked))
    lost = (p.b.or_ if i.fields[PROPAGATED] else p.b.and_)(x_nan, y_nan)
    _finish(p, i, p.b.select(lost, I32(CANONICAL_NAN), picked))


@turing("FCHK")
@maxwell("FCHK")
def fchk(p: Ports, i: Instruction) -> None:
    """P = the quick division of a by b may go wrong.

    The hardware's exact condition is not public; this is a superset of where the quick path fails, so every
    quotient is right (sass-semantics section 5b). Modelled: how often the slow path runs.
    """
    predicate, a, b = i.operands
    ea, eb = (p.b.and_(p.b.lshr(p.b.bitcast(p.floating(o), I32), I32(23)), I32(255)) for o in (a, b))
    difference = p.b.sub(ea, eb)
    tests = [
        p.b.icmp_unsigned("<=", ea, I32(24)),
        p.b.icmp_unsigned("==", ea, I32(255)),
        p.b.icmp_unsigned("==", eb, I32(0)),
        p.b.icmp_unsigned(">=", eb, I32(253)),
        p.b.icmp_signed(">=", difference, I32(128)),
        p.b.icmp_signed("<=", difference, I32(-126 & 0xFFFFFFFF)),
    ]
    slow = tests[0]
    for test in tests[1:]:
        slow = p.b.or_(slow, test)
    p.set_predicate(predicate, slow)


_MUFU: dict[SpecialFunction, Callable[[ir.IRBuilder, ir.Value], ir.Value]] = {
    SpecialFunction.RECIPROCAL: transcendental.emit_rcp,
    SpecialFunction.RECIPROCAL_ROOT: transcendental.emit_rsq,
    SpecialFunction.EXP2: transcendental.emit_ex2,
    SpecialFunction.LOG2: transcendental.emit_lg2,
    SpecialFunction.SINE: transcendental.emit_sin,
    SpecialFunction.COSINE: transcendental.emit_cos,
}


_UPPER = {
    SpecialFunction.RECIPROCAL_64: transcendental.emit_rcp64h,
    SpecialFunction.RECIPROCAL_ROOT_64: transcendental.emit_rsq64h,
}  #: from the upper word of a double to that of the result


@turing("MUFU")
@maxwell("MUFU")
def mufu(p: Ports, i: Instruction) -> None:
    """The special function unit, modelled as correctly rounded with denormals flushed (sass-semantics section
    8). RCP64H and RSQ64H: see ``transcendental.emit_rcp64h``.
    """
    function = i.fields[SPECIAL_FUNCTION]
    if function in _UPPER:
        if i.fields[SATURATED]:
            raise p.refuse("half of a double cannot be clamped")
        p.write(i.operands[0], _UPPER[function](p.b, p.b.bitcast(p.floating(i.operands[1]), I32)))
        return
    result = _MUFU[function](p.b, p.floating(i.operands[1]))
    bits = canonical(p, result)
    p.write(i.operands[0], saturate(p, bits) if i.fields[SATURATED] else bits)


@maxwell("RRO")
def rro(p: Ports, i: Instruction) -> None:
    """Range reduction before MUFU, modelled as a move: MUFU takes the float itself.

    On hardware the result is a fixed-point form, so a fault in this destination hits other bits there than
    here.
    """
    p.write(i.operands[0], p.b.bitcast(p.floating(i.operands[1]), I32))
