"""Registers of a warp in local slots, which LLVM turns into vector registers, with spill to and fill from the
warp's memory for lanes that wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llvmlite import ir

from sassafras.building import I1, I8, I32, VOID
from sassafras.emulator.storage import WORDS, state_pointer
from sassafras.emulator.vector.builder import WideBuilder
from sassafras.emulator.vector.lanes import Splat, Wide, WideSlot
from sassafras.emulator.vector.layout import WarpLayout, locations
from sassafras.isa.locations import File, Location

_KINDS = {
    **dict.fromkeys(WORDS, I32),
    **dict.fromkeys((File.PREDICATES, File.UNIFORM_PREDICATES), I1),
    File.CODES: I8,
}


class WideStorage:
    """The slots of all registers that a program uses. Predicates are truth values, not bytes."""

    def __init__(self, b: WideBuilder, warp: ir.Value, layout: WarpLayout) -> None:
        self._warp = warp
        self._layout = layout
        self._slots = {key: self._make(b, *key) for key in layout.slots}

    @staticmethod
    def _make(b: WideBuilder, file: File, index: int) -> WideSlot:
        kind = _KINDS[file]
        vector = b.shape.vector(kind)
        return WideSlot([b.alloca(vector, name=f"{file[0]}{index}") for _ in b.shape.all], kind)

    def slot(self, builder: ir.IRBuilder, file: File, index: int) -> Any:
        """The local slot."""
        return self._slots[file, index]

    def clear(self, b: WideBuilder) -> None:
        """All registers zero, as in the scalar builds."""
        for slot in self._slots.values():
            for part in slot.parts:
                b.store(Splat(b.shape.vector(slot.kind), slot.kind(0)), part)

    def spill(self, b: WideBuilder, places: Iterable[Location], word: ir.Value | None) -> None:
        """Slots to memory, in the lanes whose bits are set in ``word`` (None: in all)."""
        mask = None if word is None else b.truths(word)
        for file, index in _keys(places):
            value = b.load(self._slots[file, index])
            place = state_pointer(b, self._warp, self._layout.place(file, index))
            if value.type == I32:
                for k, part in enumerate(value.parts):
                    store_part(b, part, place, k, None if mask is None else mask.parts[k])
            elif value.type == I1:
                bits = b.bits(value)
                if word is not None:
                    old = b.load(place, typ=I32)
                    bits = b.xor(old, b.and_(b.xor(old, bits), word))
                b.store(bits, place)
            else:
                self._spill_bytes(b, value, place, mask)

    def _spill_bytes(self, b: WideBuilder, value: Wide, place: ir.Value, mask: Wide | None) -> None:
        vector = b.shape.vector(I8)
        for k, part in enumerate(value.parts):
            at = state_pointer(b, place, k * b.shape.lanes)
            old = b.load(at, typ=vector, align=1)
            b.store(part if mask is None else b.select(mask.parts[k], part, old), at, align=1)

    def fill(self, b: WideBuilder, places: Iterable[Location]) -> None:
        """Memory to slots, in all lanes."""
        for file, index in _keys(places):
            slot = self._slots[file, index]
            place = state_pointer(b, self._warp, self._layout.place(file, index))
            if slot.kind == I1:
                parts = b.truths(b.load(place, typ=I32)).parts
            else:
                size = slot.kind.width // 8 * b.shape.lanes
                vector = b.shape.vector(slot.kind)
                parts = tuple(
                    b.load(state_pointer(b, place, k * size), typ=vector, align=min(size, 32))
                    for k in b.shape.all
                )
            for part, local in zip(parts, slot.parts, strict=True):
                b.store(part, local)


def _keys(places: Iterable[Location]) -> list[tuple[File, int]]:
    return [key for place in sorted(places) for key in locations(place)]


def store_part(b: WideBuilder, part: ir.Value, place: ir.Value, k: int, mask: ir.Value | None) -> None:
    """Part ``k`` of a wide word to its place behind ``place``, in the lanes of ``mask`` (None: in all)."""
    at = state_pointer(b, place, k * 4 * b.shape.lanes)
    if mask is None:
        b.store(part, at, align=4)
        return
    masked_store(b, part, at, mask)


def masked_store(b: WideBuilder, part: ir.Value, pointer: ir.Value, mask: ir.Value) -> None:
    """A vector of words to where ``pointer`` leads, in the lanes of ``mask``."""
    lanes = b.shape.lanes
    kind = ir.FunctionType(VOID, [part.type, pointer.type, I32, mask.type])
    store = b.function_named(f"llvm.masked.store.v{lanes}i32.p0", kind)
    b.call(store, [part, pointer, I32(4), mask])
