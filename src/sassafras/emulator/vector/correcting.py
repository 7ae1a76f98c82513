"""A block whose threads do what they do, but for what one of them leaves in shared memory.

That one is run alone, by another build. What it has stored is put over what it stores here, at the end of
each phase, that is where the block waits at a barrier; then shared memory must be what it was taken to be
when that thread was run.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from sassafras.building import I1, I8, I32, I64, POINTER, VOID, counting
from sassafras.emulator.layout import ACCESS, CONTEXT, offset_of
from sassafras.emulator.lone_drivers import PLACE_BYTES
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import WideBuilder
from sassafras.emulator.vector.lanes import Shape


def correct(module: ir.Module, shape: Shape) -> ir.Function:
    """``correct(context) -> i1``, to be called at the end of each phase: whether shared memory is as it must
    be.

    Of the context: ``views`` is what shared memory must be at the end of each phase, ``stored`` and ``ends``
    where the thread stores (`alone.GoldenTurns`); from phase ``views_from`` up to ``views_until``, of which
    ``phase`` is the one at hand.
    """
    known = module.globals.get("correct")
    if known is not None:
        return known
    function = ir.Function(module, ir.FunctionType(I1, [POINTER]), "correct")
    function.linkage = "internal"
    function.attributes.add("noinline")
    (context,) = function.args
    b = WideBuilder(function.append_basic_block("entry"), shape)
    phase = _field(b, context, "phase", I64)
    b.store(b.add(phase, I64(1)), state_pointer(b, context, offset_of(CONTEXT, "phase")))
    first, last = (_field(b, context, name, I64) for name in ("views_from", "views_until"))
    with b.if_then(b.or_(b.icmp_signed("<", phase, first), b.icmp_signed(">=", phase, last))):
        b.ret(I1(1))
    shared, nbytes = _field(b, context, "shared", POINTER), _field(b, context, "shared_bytes", I64)
    view = b.gep(_field(b, context, "views", POINTER), [b.mul(phase, nbytes)], source_etype=I8)
    _put_over(b, context, phase, shared, view)
    compare = b.function_named("memcmp", ir.FunctionType(I32, [POINTER, POINTER, I64]))
    b.ret(b.icmp_signed("==", b.call(compare, [shared, view, nbytes]), I32(0)))
    return function


def _field(b: WideBuilder, context: ir.Value, name: str, kind: ir.Type) -> Any:
    return b.load(state_pointer(b, context, offset_of(CONTEXT, name)), typ=kind)


def _put_over(b: WideBuilder, context: ir.Value, phase: ir.Value, shared: ir.Value, view: ir.Value) -> None:
    """What the thread has left where it stores in a phase."""
    stored, ends = (_field(b, context, name, POINTER) for name in ("stored", "ends"))
    numbers = (phase, b.add(phase, I64(1)))
    before, end = (b.load(b.gep(ends, [k], source_etype=I64), typ=I64) for k in numbers)
    kind = ir.FunctionType(VOID, [POINTER, POINTER, I64, I1])
    copy = b.function_named("llvm.memcpy.p0.p0.i64", kind)
    with counting(b, before, end) as number:
        entry = b.gep(stored, [b.mul(number, I64(PLACE_BYTES))], source_etype=I8)
        offset = b.load(state_pointer(b, entry, offset_of(ACCESS, "offset")), typ=I64)
        size = b.zext(b.load(state_pointer(b, entry, offset_of(ACCESS, "nbytes")), typ=I8), I64)
        places = [b.gep(start, [offset], source_etype=I8) for start in (shared, view)]
        b.call(copy, [*places, size, I1(0)])
