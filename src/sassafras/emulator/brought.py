"""Words that the lanes of a warp have brought into an instruction that all of them carry out."""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from sassafras.building import I1, I8, I32, I64
from sassafras.emulator.layout import STATE


@dataclass(frozen=True)
class Brought:
    """``first``: where lane 0 keeps its words, if the warp has it; ``active``: the lanes that brought some
    (a mask, i32); ``lane``: who asks (i32), one of them.
    """

    first: ir.Value
    active: ir.Value
    lane: ir.Value

    def word(self, b: ir.IRBuilder, lane: ir.Value, place: int | ir.Value) -> ir.Value:
        """A word of a lane (0 to 31) by its place; 0 of a lane that brought none."""
        here = b.trunc(b.lshr(self.active, lane), I1)
        state = b.mul(b.zext(b.select(here, lane, self.lane), I64), I64(STATE.itemsize))
        index = I32(place) if isinstance(place, int) else place
        start = b.gep(self.first, [state], source_etype=I8)
        return b.select(here, b.load(b.gep(start, [index], source_etype=I32), typ=I32), I32(0))

    def half(self, b: ir.IRBuilder, lane: ir.Value, place: int | ir.Value, which: ir.Value) -> ir.Value:
        """The lower (``which`` 0) or upper (1) half of a word, in the low 16 bits."""
        return b.and_(b.lshr(self.word(b, lane, place), b.shl(which, I32(4))), I32(0xFFFF))
