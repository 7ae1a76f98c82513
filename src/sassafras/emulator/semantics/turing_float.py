"""Floating-point opcodes of Turing and its successors whose meaning Maxwell has no like of. Source:
sass-semantics sections 6b and A4.
"""

from __future__ import annotations

from sassafras.emulator.ports import F32, F64, I32, Ports
from sassafras.emulator.semantics.convert import TO_INTEGRAL
from sassafras.emulator.semantics.double import (
    canonical_double,
    compare_doubles,
    double_below,
    double_operand,
)
from sassafras.emulator.semantics.floating import canonical
from sassafras.emulator.semantics.registry import turing
from sassafras.isa.opcodes.modifiers import FLUSH, OPERAND, TO_INTEGER, Type
from sassafras.isa.opcodes.modifiers_of_turing import PICKED, Picked
from sassafras.isa.operands import PT, Immediate, Operand, Predicate
from sassafras.isa.program import Instruction


@turing("FSEL")
def fsel(p: Ports, i: Instruction) -> None:
    """d = P ? a : b, the bits; .FTZ flushes denormals."""
    d, a, b, predicate = i.operands
    _check_sure(p, a, b)
    x, y = (p.b.bitcast(p.floating(o, ftz=i.fields[FLUSH]), I32) for o in (a, b))
    p.write(d, p.b.select(p.predicate(predicate), x, y))


def _check_sure(p: Ports, *operands: Operand) -> None:
    if any(isinstance(o, Immediate) and o.unsure for o in operands):
        raise p.refuse("the text does not say which NaN this is: disassemble with nvdisasm -c -hex")


@turing("FRND")
def frnd(p: Ports, i: Instruction) -> None:
    """d = a, rounded to an integral value; the sign of a zero stays."""
    d, a = i.operands
    way = TO_INTEGRAL[i.fields[TO_INTEGER]]
    if i.fields[OPERAND] is Type.F64:
        p.write_pair(d, canonical_double(p, p.intrinsic(way, F64, double_operand(p, a))))
    else:
        p.write(d, canonical(p, p.intrinsic(way, F32, p.floating(a, ftz=i.fields[FLUSH]))))


@turing("DSETP")
def dsetp(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc; Pe = !(a cc b) op Pc. .MIN, .MAX: Pd = a is to be taken of the two (not where it
    is a NaN), Pe = both are NaN; -0 is below +0.
    """
    first, second, a, b, third = i.operands
    picked = i.fields[PICKED]
    if picked is None:
        compare_doubles(p, i)
        return
    if not isinstance(third, Predicate) or third.index != PT or third.negate:
        raise p.refuse("DSETP.MIN and .MAX are combined with PT only")
    x, y = double_operand(p, a), double_operand(p, b)
    below = double_below(p, x, y)
    x_nan, y_nan = (p.b.fcmp_unordered("uno", v, v) for v in (x, y))
    chosen = below if picked is Picked.SMALLER else p.b.not_(below)
    chosen = p.b.and_(p.b.or_(chosen, y_nan), p.b.not_(x_nan))
    p.set_predicate(first, chosen)
    p.set_predicate(second, p.b.and_(x_nan, y_nan))
