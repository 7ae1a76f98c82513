"""Double-precision arithmetic on register pairs (round to nearest only)."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F64, I64, Ports
from sassafras.emulator.semantics.floating import float_test
from sassafras.emulator.semantics.predicate import set_both
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.opcodes.modifiers import COMBINE, ROUNDING, Rounding
from sassafras.isa.operands import Constant, Immediate, Operand, Register
from sassafras.isa.program import Instruction

CANONICAL_NAN = 0xFFF8000000000000  # modelled: CUDA documents single precision only


def canonical_double(p: Ports, value: ir.Value) -> ir.Value:
    """Bits of a double result: every NaN becomes one pattern."""
    nan = p.b.fcmp_unordered("uno", value, value)
    return p.b.select(nan, I64(CANONICAL_NAN), p.b.bitcast(value, I64))


def _double(p: Ports, operand: Operand) -> ir.Value:
    """A double operand: |x|, then -x, on the sign bit. A literal carries the upper word alone."""
    if isinstance(operand, Immediate):
        return p.b.bitcast(I64(operand.bits << 32), F64)
    bits = p.pair(operand)
    if isinstance(operand, Register | Constant):
        if operand.absolute:
            bits = p.b.and_(bits, I64(0x7FFFFFFFFFFFFFFF))
        if operand.negate:
            bits = p.b.xor(bits, I64(1 << 63))
    return p.b.bitcast(bits, F64)


def _write(p: Ports, i: Instruction, value: ir.Value) -> None:
    if i.fields[ROUNDING] is not Rounding.NEAREST:
        raise p.refuse("directed rounding of doubles is not emulated")
    p.write_pair(i.operands[0], canonical_double(p, value))


@maxwell("DADD")
def dadd(p: Ports, i: Instruction) -> None:
    """d = a + b."""
    _write(p, i, p.b.fadd(*(_double(p, o) for o in i.operands[1:3])))


@maxwell("DMUL")
def dmul(p: Ports, i: Instruction) -> None:
    """d = a * b."""
    _write(p, i, p.b.fmul(*(_double(p, o) for o in i.operands[1:3])))


@maxwell("DFMA")
def dfma(p: Ports, i: Instruction) -> None:
    """d = a * b + c with one rounding."""
    _write(p, i, p.intrinsic("llvm.fma", F64, *(_double(p, o) for o in i.operands[1:4])))


@maxwell("DSETP")
def dsetp(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc; Pe = !(a cc b) op Pc."""
    _, _, a, b, third = i.operands
    set_both(p, i, float_test(p, i, _double(p, a), _double(p, b)), i.fields[COMBINE], p.predicate(third))
