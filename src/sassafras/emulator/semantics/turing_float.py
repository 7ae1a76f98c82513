"""Floating-point opcodes of Turing and its successors whose meaning Maxwell has no like of. Source:
sass-semantics sections 6b and A4.
"""

from __future__ import annotations

from sassafras.emulator.ports import F32, I32, Ports
from sassafras.emulator.semantics.convert import TO_INTEGRAL
from sassafras.emulator.semantics.floating import canonical
from sassafras.emulator.semantics.registry import turing
from sassafras.isa.opcodes.modifiers import FLUSH, TO_INTEGER
from sassafras.isa.operands import RZ, Immediate, Operand, Register
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
    value = p.intrinsic(
        TO_INTEGRAL[i.fields[TO_INTEGER]], F32, p.floating(i.operands[1], ftz=i.fields[FLUSH])
    )
    p.write(i.operands[0], canonical(p, value))


@turing("HFMA2")
def hfma2(p: Ports, i: Instruction) -> None:
    """How constants are moved: -0 * 0 + {x, y}, which is {x, y}."""
    d, a, b, c = i.operands
    zeros = all(isinstance(o, Register) and o.index == RZ for o in (a, b))
    if not zeros or not isinstance(a, Register) or not a.negate or not isinstance(c, Immediate):
        raise p.refuse("arithmetic of halves is not emulated yet; only HFMA2 as a move of constants is")
    p.write(d, I32(c.bits))
