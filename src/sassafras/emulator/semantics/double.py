"""Double-precision arithmetic on register pairs."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F64, I64, MARKED, Ports
from sassafras.emulator.semantics.compare import write_truth
from sassafras.emulator.semantics.floating import float_test
from sassafras.emulator.semantics.predicate import combine, set_both
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.semantics.wide_rounding import fused
from sassafras.isa.opcodes.modifiers import COMBINE, ROUNDING, Rounding
from sassafras.isa.operands import Immediate, Operand
from sassafras.isa.program import Instruction

CANONICAL_NAN = 0xFFF8000000000000  # modelled: CUDA documents single precision only
_MAGNITUDE = (1 << 63) - 1


def canonical_double(p: Ports, value: ir.Value) -> ir.Value:
    """Bits of a double result: every NaN becomes one pattern."""
    nan = p.b.fcmp_unordered("uno", value, value)
    return p.b.select(nan, I64(CANONICAL_NAN), p.b.bitcast(value, I64))


def double_operand(p: Ports, operand: Operand) -> ir.Value:
    """A double operand: |x|, then -x, on the sign bit. A literal carries the upper word alone."""
    if isinstance(operand, Immediate):
        return p.b.bitcast(I64(operand.bits << 32), F64)
    bits = p.pair(operand)
    if isinstance(operand, MARKED):
        if operand.absolute:
            bits = p.b.and_(bits, I64(_MAGNITUDE))
        if operand.negate:
            bits = p.b.xor(bits, I64(1 << 63))
    return p.b.bitcast(bits, F64)


def _sources(p: Ports, i: Instruction) -> list[ir.Value]:
    return [double_operand(p, operand) for operand in i.operands[1:]]


def _write(p: Ports, i: Instruction, value: ir.Value) -> None:
    p.write_pair(i.operands[0], canonical_double(p, value))


@turing("DADD")
@maxwell("DADD")
def dadd(p: Ports, i: Instruction) -> None:
    """d = a + b."""
    a, b = _sources(p, i)
    mode = i.fields[ROUNDING]
    _write(p, i, p.b.fadd(a, b) if mode is Rounding.NEAREST else fused(p, mode, a, F64(1.0), b))


@turing("DMUL")
@maxwell("DMUL")
def dmul(p: Ports, i: Instruction) -> None:
    """d = a * b."""
    a, b = _sources(p, i)
    mode = i.fields[ROUNDING]
    if mode is Rounding.NEAREST:
        _write(p, i, p.b.fmul(a, b))
        return
    # Adding the product's own kind of zero changes neither its value nor the sign of a zero.
    sign = p.b.and_(p.b.xor(p.b.bitcast(a, I64), p.b.bitcast(b, I64)), I64(1 << 63))
    _write(p, i, fused(p, mode, a, b, p.b.bitcast(sign, F64)))


@turing("DFMA")
@maxwell("DFMA")
def dfma(p: Ports, i: Instruction) -> None:
    """d = a * b + c with one rounding."""
    _write(p, i, fused(p, i.fields[ROUNDING], *_sources(p, i)))


def double_below(p: Ports, x: ir.Value, y: ir.Value) -> ir.Value:
    """Whether x is below y, -0 being below +0 (of numbers)."""
    equal = p.b.fcmp_ordered("==", x, y)
    by_sign = p.b.icmp_signed("<", p.b.bitcast(x, I64), p.b.bitcast(y, I64))
    return p.b.select(equal, by_sign, p.b.fcmp_ordered("<", x, y))


@maxwell("DMNMX")
def dmnmx(p: Ports, i: Instruction) -> None:
    """d = P ? min(a, b) : max(a, b); a NaN loses, two give the one NaN; -0 is below +0."""
    x, y = (double_operand(p, operand) for operand in i.operands[1:3])
    x_bits, y_bits = p.b.bitcast(x, I64), p.b.bitcast(y, I64)
    below = double_below(p, x, y)
    picked = p.b.select(p.b.xor(below, p.b.not_(p.predicate(i.operands[3]))), x_bits, y_bits)
    x_nan, y_nan = (p.b.fcmp_unordered("uno", v, v) for v in (x, y))
    picked = p.b.select(x_nan, y_bits, p.b.select(y_nan, x_bits, picked))
    p.write_pair(i.operands[0], p.b.select(p.b.and_(x_nan, y_nan), I64(CANONICAL_NAN), picked))


@maxwell("DSETP")
def compare_doubles(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc; Pe = !(a cc b) op Pc."""
    _, _, a, b, third = i.operands
    test = float_test(p, i, double_operand(p, a), double_operand(p, b))
    set_both(p, i, test, i.fields[COMBINE], p.predicate(third))


@maxwell("DSET")
def dset(p: Ports, i: Instruction) -> None:
    """d = truth of (a cc b) op Pc."""
    _, a, b, third = i.operands
    test = float_test(p, i, double_operand(p, a), double_operand(p, b))
    write_truth(p, i, combine(p, i.fields[COMBINE], test, p.predicate(third)))
