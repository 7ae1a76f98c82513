"""What a block of warps has stored over in global memory, so that it can be taken back: a block in which
something happens that one thread at a time must settle is run again by the scalar build, from the memory that
it found.

The journal is ``journal_capacity`` heads (byte offset in the arena; a bit per lane; bytes of a single access,
or 0 for a vector of words) of 16 bytes, and behind them as many places of 64 bytes for old contents.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from sassafras.building import I8, I32, I64, POINTER, VOID
from sassafras.emulator.layout import CONTEXT, offset_of
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import WideBuilder
from sassafras.emulator.vector.lanes import Shape
from sassafras.emulator.vector.storage import masked_store

HEAD_BYTES = 16
PLACE_BYTES = 64


def field(b: WideBuilder, context: ir.Value, name: str) -> ir.Value:
    """Pointer to a field of the context."""
    return state_pointer(b, context, offset_of(CONTEXT, name))


class Journal:
    """Writes what notes an old content, and what puts all of them back."""

    def __init__(self, b: WideBuilder, context: ir.Value) -> None:
        self._b = b
        self._context = context

    def _load(self, name: str, kind: ir.Type) -> ir.Value:
        return self._b.load(field(self._b, self._context, name), typ=kind)

    def room(self, more: int) -> ir.Value:
        """Whether there is none for so many entries."""
        b = self._b
        end = b.add(self._load("journal_count", I64), I64(more))
        return b.icmp_signed(">", end, self._load("journal_capacity", I64))

    def _next(self) -> tuple[ir.Value, ir.Value]:
        """The head and the place of a new entry."""
        b, used = self._b, self._load("journal_count", I64)
        b.store(b.add(used, I64(1)), field(b, self._context, "journal_count"))
        return places(b, self._context, used)

    def note_vector(self, pointer: ir.Value, offset: ir.Value, lanes: ir.Value) -> None:
        """The words at a place, of which those of ``lanes`` (a bit per lane of one vector) are stored
        over.
        """
        b = self._b
        head, place = self._next()
        b.store(b.load(pointer, typ=b.shape.vector(I32), align=4), place, align=16)
        b.store(offset, head)
        b.store(b.zext(lanes, I64), state_pointer(b, head, 8))

    def note(self, pointer: ir.Value, offset: ir.Value, nbytes: int) -> None:
        """A few bytes."""
        b = self._b
        head, place = self._next()
        kind = ir.IntType(8 * nbytes)
        b.store(b.load(pointer, typ=kind, align=min(nbytes, 4)), place, align=min(nbytes, 16))
        b.store(offset, head)
        b.store(I64(nbytes << 32), state_pointer(b, head, 8))


def places(b: WideBuilder, context: ir.Value, number: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Head and place of an entry."""
    start = b.load(field(b, context, "journal"), typ=POINTER)
    heads = b.mul(b.load(field(b, context, "journal_capacity"), typ=I64), I64(HEAD_BYTES))
    head = b.gep(start, [b.mul(number, I64(HEAD_BYTES))], source_etype=I8)
    behind = b.add(heads, b.mul(number, I64(PLACE_BYTES)))
    return head, b.gep(start, [behind], source_etype=I8)


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
    count = b.load(field(b, context, "journal_count"), typ=I64)
    memory = b.load(field(b, context, "memory"), typ=POINTER)
    b.branch(loop)
    b.position_at_end(loop)
    left = b.phi(I64)
    left.add_incoming(count, before)
    b.cbranch(b.icmp_signed(">", left, I64(0)), body, done)
    b.position_at_end(body)
    number = b.sub(left, I64(1))
    head, place = places(b, context, number)
    target = b.gep(memory, [b.load(head, typ=I64)], source_etype=I8)
    _put_back(b, target, place, b.load(state_pointer(b, head, 8), typ=I64))
    left.add_incoming(number, b.block)
    b.branch(loop)
    b.position_at_end(done)
    b.store(I64(0), field(b, context, "journal_count"))
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
            copy: Callable[..., ir.Function] = b.function_named
            b.call(copy("llvm.memcpy.p0.p0.i64", kind), [target, place, nbytes, ir.IntType(1)(0)])


__all__ = ["HEAD_BYTES", "PLACE_BYTES", "Journal", "field", "places", "undo"]
