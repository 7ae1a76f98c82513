"""Moves, selections, special registers."""

from __future__ import annotations

from sassafras.emulator.ports import I32, Ports
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.isa.operands import SpecialRegister
from sassafras.isa.program import Instruction


@turing("MOV", "UMOV", "R2UR")
@maxwell("MOV", "MOV32I")
def mov(p: Ports, i: Instruction) -> None:
    """d = a."""
    d, a = i.operands[:2]
    p.write(d, p.integer(a))


@turing("SEL", "USEL")
@maxwell("SEL")
def sel(p: Ports, i: Instruction) -> None:
    """d = P ? a : b."""
    d, a, b, predicate = i.operands
    p.write(d, p.b.select(p.predicate(predicate), p.integer(a), p.integer(b)))


@turing("S2R", "S2UR")
@maxwell("S2R", "CS2R")
def s2r(p: Ports, i: Instruction) -> None:
    """Read a special register. Clocks count the thread's instructions (modelled): they rise, and two runs
    read the same.
    """
    d, special = i.operands
    if isinstance(special, SpecialRegister) and special.name == "SRZ":
        p.write(d, I32(0))
        return
    value = p.build.special(special.name) if isinstance(special, SpecialRegister) else None
    if value is None:
        raise p.refuse(f"special register {special} is not modelled")
    p.write(d, value)
