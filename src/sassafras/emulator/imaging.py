"""Shared memory at the end of each phase, kept by compiled code of any build."""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import I1, I8, I32, I64, POINTER, VOID
from sassafras.emulator.layout import CONTEXT, offset_of
from sassafras.emulator.storage import state_pointer

_NAMES = ("images", "images_used", "row_of", "images_left", "shared", "shared_bytes")
_KINDS = (POINTER, I64, POINTER, I64, POINTER, I64)


def keep_image(module: ir.Module) -> ir.Function:
    """``keep_image(context) -> i1``: put shared memory behind the images of the context, if it is not what
    the last one is, and note which one it is; whether there was room. Nothing, where none are wanted.
    """
    known = module.globals.get("keep_image")
    if known is not None:
        return known
    function = ir.Function(module, ir.FunctionType(I1, [POINTER]), "keep_image")
    function.linkage = "internal"
    (context,) = function.args
    b = ir.IRBuilder(function.append_basic_block("entry"))
    places = [state_pointer(b, context, offset_of(CONTEXT, name)) for name in _NAMES]
    images, used, row_of, left, shared, nbytes = (
        b.load(place, typ=kind) for place, kind in zip(places, _KINDS, strict=True)
    )
    with b.if_then(b.icmp_unsigned("==", images, POINTER(None))):
        b.ret(I1(1))
    with b.if_then(b.icmp_signed("<=", left, I64(0))):
        b.ret(I1(0))
    last, new = b.append_basic_block("last"), b.append_basic_block("new")
    done = b.append_basic_block("done")
    b.cbranch(b.icmp_signed("==", used, I64(0)), new, last)
    b.position_at_end(last)
    before = b.gep(images, [b.mul(b.sub(used, I64(1)), nbytes)], source_etype=I8)
    compare = _outside(module, "memcmp", ir.FunctionType(I32, [POINTER, POINTER, I64]))
    b.cbranch(b.icmp_signed("==", b.call(compare, [before, shared, nbytes]), I32(0)), done, new)
    b.position_at_end(new)
    copy = _outside(module, "llvm.memcpy.p0.p0.i64", ir.FunctionType(VOID, [POINTER, POINTER, I64, I1]))
    b.call(copy, [b.gep(images, [b.mul(used, nbytes)], source_etype=I8), shared, nbytes, I1(0)])
    more = b.add(used, I64(1))
    b.branch(done)
    b.position_at_end(done)
    count = b.phi(I64)
    count.add_incoming(used, last)
    count.add_incoming(more, new)
    b.store(b.sub(count, I64(1)), row_of)
    for place, value in (
        (places[1], count),
        (places[2], b.gep(row_of, [I64(1)], source_etype=I64)),
        (places[3], b.sub(left, I64(1))),
    ):
        b.store(value, place)
    b.ret(I1(1))
    return function


def _outside(module: ir.Module, name: str, kind: ir.FunctionType) -> ir.Function:
    """A function that is defined elsewhere."""
    return module.globals.get(name) or ir.Function(module, kind, name)
