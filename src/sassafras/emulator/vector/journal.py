"""What a block of warps has stored over in global memory, so that it can be taken back: a block in which
something happens that one thread at a time must settle is run again by the scalar build, from the memory that
it found.

The journal is a row of entries: old contents (`PLACE_BYTES`), their byte offset in the arena, and a bit per
lane of a vector of words, or in the upper word the bytes of a single access. ``journal_next`` is how
many bytes are used, ``journal_end`` how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from sassafras.building import I8, I32, I64, POINTER, VOID
from sassafras.emulator.layout import CONTEXT, offset_of
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import WideBuilder
from sassafras.emulator.vector.lanes import Shape
from sassafras.emulator.vector.storage import masked_store

PLACE_BYTES = 64
WORD = 4
ENTRY_BYTES = PLACE_BYTES + 16
_OFFSET, _WHAT = PLACE_BYTES, PLACE_BYTES + 8
_ENTRY = np.dtype([("old", np.uint8, PLACE_BYTES), ("offset", np.int64), ("what", np.int64)])


def field(b: WideBuilder, context: ir.Value, name: str) -> ir.Value:
    """Pointer to a field of the context."""
    return state_pointer(b, context, offset_of(CONTEXT, name))


class Journal:
    """Writes what notes an old content."""

    def __init__(self, b: WideBuilder, context: ir.Value) -> None:
        self._b = b
        self._next_at = field(b, context, "journal_next")
        self._end = b.load(field(b, context, "journal_end"), typ=I64)
        self._next = b.load(self._next_at, typ=I64)

    def full(self, more: int) -> ir.Value:
        """Whether there is no room for so many entries."""
        return self._b.icmp_unsigned(">", self._b.add(self._next, I64(more * ENTRY_BYTES)), self._end)

    def _entries(self, context: ir.Value, count: int) -> list[ir.Value]:
        """Pointers to new entries."""
        b = self._b
        start = b.load(field(b, context, "journal"), typ=POINTER)
        b.store(b.add(self._next, I64(count * ENTRY_BYTES)), self._next_at)
        first = b.gep(start, [self._next], source_etype=I8)
        return [state_pointer(b, first, ENTRY_BYTES * k) for k in range(count)]

    def note_vectors(self, context: ir.Value, vectors: Sequence[tuple[ir.Value, ir.Value, ir.Value]]) -> None:
        """Words that are stored over: pointer, offset, and a bit per lane of one vector."""
        b = self._b
        entries = self._entries(context, len(vectors))
        for entry, (pointer, offset, lanes) in zip(entries, vectors, strict=True):
            b.store(b.load(pointer, typ=b.shape.vector(I32), align=4), entry, align=16)
            b.store(offset, state_pointer(b, entry, _OFFSET))
            b.store(b.zext(lanes, I64), state_pointer(b, entry, _WHAT))

    def note(self, context: ir.Value, pointer: ir.Value, offset: ir.Value, nbytes: int) -> None:
        """A few bytes."""
        b = self._b
        (entry,) = self._entries(context, 1)
        kind = ir.IntType(8 * nbytes)
        b.store(b.load(pointer, typ=kind, align=min(nbytes, 4)), entry, align=min(nbytes, 16))
        b.store(offset, state_pointer(b, entry, _OFFSET))
        b.store(I64(nbytes << 32), state_pointer(b, entry, _WHAT))


def undo(module: ir.Module, shape: Shape) -> ir.Function:
    """``undo(context)``: put everything back, the last first, and empty the journal."""
    known = module.globals.get("undo")
    if known is not None:
        return known
    function = ir.Function(module, ir.FunctionType(VOID, [POINTER]), "undo")
    function.linkage = "internal"
    function.attributes.add("noinline")
    (context,) = function.args
    b = WideBuilder(function.append_basic_block("entry"), shape)
    loop, body, done = (b.append_basic_block(name) for name in ("loop", "body", "done"))
    before = b.block
    start, memory = (b.load(field(b, context, name), typ=POINTER) for name in ("journal", "memory"))
    used = b.load(field(b, context, "journal_next"), typ=I64)
    b.branch(loop)
    b.position_at_end(loop)
    left = b.phi(I64)
    left.add_incoming(used, before)
    b.cbranch(b.icmp_signed(">", left, I64(0)), body, done)
    b.position_at_end(body)
    at = b.sub(left, I64(ENTRY_BYTES))
    entry = b.gep(start, [at], source_etype=I8)
    target = b.gep(memory, [b.load(state_pointer(b, entry, _OFFSET), typ=I64)], source_etype=I8)
    _put_back(b, target, entry, b.load(state_pointer(b, entry, _WHAT), typ=I64))
    left.add_incoming(at, b.block)
    b.branch(loop)
    b.position_at_end(done)
    b.store(I64(0), field(b, context, "journal_next"))
    b.ret_void()
    return function


def _put_back(b: WideBuilder, target: ir.Value, place: ir.Value, what: ir.Value) -> None:
    nbytes = b.lshr(what, I64(32))
    with b.if_else(b.icmp_signed("==", nbytes, I64(0))) as (vector, few):
        with vector:
            small = b.trunc(what, ir.IntType(b.shape.lanes))
            mask = b.bitcast(small, b.shape.vector(ir.IntType(1)))
            masked_store(b, b.load(place, typ=b.shape.vector(I32), align=16), target, mask)
        with few:
            kind = ir.FunctionType(VOID, [POINTER, POINTER, I64, ir.IntType(1)])
            b.call(b.function_named("llvm.memcpy.p0.p0.i64", kind), [target, place, nbytes, ir.IntType(1)(0)])


def put_back(
    journal: NDArray[np.uint8], memory: NDArray[np.uint8], lanes: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """What `undo` does; and the offsets of the bytes that were stored over, sorted, with what they held then.
    ``lanes``: of a vector.
    """
    entries = journal.view(_ENTRY)[::-1]  # what a byte was first comes last, and stays
    few = entries["what"] >> 32
    unit = 1 if few.any() else WORD  # most often all are vectors of words
    width = np.arange(PLACE_BYTES // unit)
    bits = entries["what"][:, None] >> width * unit // WORD & (width < lanes * WORD // unit)
    chosen = np.where(few[:, None] > 0, width < few[:, None], bits & 1 != 0)
    places = (entries["offset"][:, None] + width * unit)[chosen][:, None] + np.arange(unit)
    every = np.sort(places, axis=None)
    if len(every) and not np.diff(every).all():
        every = np.unique(every)
    stored = memory[every]
    memory[places] = entries["old"].reshape(len(entries), len(width), unit)[chosen]
    return every, stored
