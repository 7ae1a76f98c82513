"""Max-pooling as LLVM IR: window position outside, output column inside, so that the inner loop runs over
neighbours.
"""

from __future__ import annotations

from enum import StrEnum

from llvmlite import ir

from sassafras.building import I32, I64, POINTER, VOID, counting, i64, smaller
from sassafras.emulator.semantics.transcendental import FLOAT, float_of
from sassafras.kernels.gemm_tile import at

MAXPOOL_ARGUMENTS = (I64,) * 8 + (POINTER,) * 3
"""planes, in_h, in_w, h, w, stride, size, offset of the first window (at most 0), input, output, indexes"""
MINUS_INFINITY = 0xFF800000
ANY_NAN = 0x7FFFFFFF


class Start(StrEnum):
    """What a window's maximum is before the first value; the value is the native function's name."""

    MINUS_INFINITY = "maxpool"  #: minus infinity, which only a larger value replaces (``forward_maxpool``)
    FIRST_VALUE = "maxpool_first_valid"  #: nothing; a NaN is replaced by whatever comes next


def _larger(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    return builder.select(builder.icmp_signed(">", a, b), a, b)


def _columns_inside(
    builder: ir.IRBuilder, first: ir.Value, in_w: ir.Value, w: ir.Value, stride: ir.Value
) -> tuple[ir.Value, ir.Value]:
    """The output columns j for which input column ``first + j * stride`` exists: a half-open range."""
    less = builder.sub(stride, i64(1))
    low = builder.sdiv(builder.add(_larger(builder, builder.neg(first), i64(0)), less), stride)
    left = _larger(builder, builder.sub(in_w, first), i64(0))
    return low, smaller(builder, builder.sdiv(builder.add(left, less), stride), w)


def _emit_offer(module: ir.Module, start: Start) -> ir.Function:
    """Offer every ``stride``-th element of an input row to neighbouring outputs.

    Arguments: the first element, its index, outputs, stride, their values so far, their indexes so far. A NaN
    never compares greater: a window of NaN alone keeps -Inf and index -1, as the kernel does. With
    FIRST_VALUE a NaN so far is replaced by any value: so is the one at the start, and a window of NaN alone
    gives its last.
    """
    kind = ir.FunctionType(VOID, [POINTER, I32, I64, I64, POINTER, POINTER])
    function = ir.Function(module, kind, f"offer_{start.value}")
    function.linkage = "internal"
    function.attributes.add("alwaysinline")  # so that each call sees its constant stride
    source, first, count, stride, best, where = function.args
    for pointer in (source, best, where):
        pointer.add_attribute("noalias")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    with counting(builder, i64(0), count, i64(1)) as j:
        offset = builder.mul(j, stride)
        value = builder.load(at(builder, source, offset), align=4, typ=FLOAT)
        place, index_place = at(builder, best, j), builder.gep(where, [j], source_etype=I32)
        old = builder.load(place, align=4, typ=FLOAT)
        old_index = builder.load(index_place, align=4, typ=I32)
        more = builder.fcmp_ordered(">", value, old)
        if start is Start.FIRST_VALUE:
            more = builder.or_(more, builder.fcmp_unordered("uno", old, old))
        index = builder.add(first, builder.trunc(offset, I32))
        builder.store(builder.select(more, value, old), place, align=4)
        builder.store(builder.select(more, index, old_index), index_place, align=4)
    builder.ret_void()
    return function


def _emit_window_row(
    builder: ir.IRBuilder,
    offer: ir.Function,
    size: ir.Value,
    offset: ir.Value,
    geometry: tuple[ir.Value, ir.Value, ir.Value],
    row_index: ir.Value,
    pointers: tuple[ir.Value, ir.Value, ir.Value],
) -> None:
    """Offer one input row to one output row. ``row_index``: index of the input row's first element."""
    in_w, w, stride = geometry
    source, best, where = pointers
    with counting(builder, i64(0), size, i64(1)) as m:
        first = builder.add(offset, m)
        low, high = _columns_inside(builder, first, in_w, w, stride)
        index = builder.add(builder.add(row_index, first), builder.mul(low, stride))
        arguments = [at(builder, source, index), builder.trunc(index, I32), builder.sub(high, low)]
        goals = [at(builder, best, low), builder.gep(where, [low], source_etype=I32)]
        with builder.if_else(builder.icmp_signed("==", stride, i64(2))) as (two, other):
            # The usual stride, known to the compiler: it loads whole vectors and picks every second lane.
            with two:
                builder.call(offer, [*arguments, i64(2), *goals])
            with other:
                builder.call(offer, [*arguments, stride, *goals])


def emit_maxpool_rows(builder: ir.IRBuilder, start_with: Start, *arguments: ir.Value) -> None:
    """The body of the function with MAXPOOL_ARGUMENTS, up to its return."""
    planes, in_h, in_w, h, w, stride, size, offset, source, output, indexes = arguments
    first = MINUS_INFINITY if start_with is Start.MINUS_INFINITY else ANY_NAN
    offer = _emit_offer(builder.module, start_with)
    for pointer in (source, output, indexes):
        pointer.add_attribute("noalias")
    with counting(builder, i64(0), planes, i64(1)) as plane, counting(builder, i64(0), h, i64(1)) as i:
        row = builder.mul(builder.add(builder.mul(plane, h), i), w)
        best, where = at(builder, output, row), builder.gep(indexes, [row], source_etype=I32)
        with counting(builder, i64(0), w, i64(1)) as j:
            builder.store(float_of(builder, first), at(builder, best, j), align=4)
            builder.store(ir.Constant(I32, -1), builder.gep(where, [j], source_etype=I32), align=4)
        with counting(builder, i64(0), size, i64(1)) as row_in_window:
            line = builder.add(builder.add(offset, builder.mul(i, stride)), row_in_window)
            exists = builder.and_(
                builder.icmp_signed(">=", line, i64(0)), builder.icmp_signed("<", line, in_h)
            )
            with builder.if_then(exists):
                start = builder.mul(in_w, builder.add(line, builder.mul(in_h, plane)))
                _emit_window_row(
                    builder, offer, size, offset, (in_w, w, stride), start, (source, best, where)
                )
    builder.ret_void()
