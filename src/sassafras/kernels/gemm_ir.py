"""The exact gemm as an LLVM module: blocking around the tiles of ``gemm_tile``, and the one-row case."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llvmlite import ir

from sassafras.building import I64, POINTER, VOID, add_entry, counting, i64, smaller
from sassafras.kernels.gemm_pack import (
    emit_pack_columns,
    emit_pack_rows,
    gathered,
    prefetch,
    row_pointers,
    transposed,
)
from sassafras.kernels.gemm_tile import (
    FLOAT,
    TILE_ARGUMENTS,
    Shape,
    at,
    canonical,
    emit_tile,
    fused,
    load_vector,
    splat,
)

DEPTH = 512  #: steps along k between two visits of a tile: a panel of B stays in the second-level cache
PREFETCH_AHEAD = 512  #: floats ahead in every row of a transposed B: it comes from main memory
LINE = 16  #: floats in a line of the cache
BURST = 2 * LINE  #: floats of a row that are asked for together
ROW_LANES = 8  #: rows of B read side by side for one row of C: twice as many take 1.3 times as long
GEMM_ARGUMENTS = (I64, I64, I64, I64, POINTER, I64, POINTER, I64, POINTER, I64, POINTER)
"""rows of A packed at a time, m, n, k, A, lda, B, ldb, C, ldc, scratch"""
ROW_ARGUMENTS = (I64, I64, POINTER, POINTER, I64, POINTER, POINTER)
"""n, k, the row of A, B (n x k), ldb, the row of C, scratch of one vector"""


def scratch_floats(shape: Shape, packed_rows: int, k: int) -> int:
    """Floats of scratch that the functions need: a panel of B, a tile of C, packed A and what its last store
    spills.
    """
    return DEPTH * shape.columns + shape.rows * shape.columns + packed_rows * k + shape.lanes


@dataclass
class _Parts:
    """The functions of one module."""

    shape: Shape
    tile: ir.Function
    pack_a: ir.Function
    pack_b_rows: ir.Function
    pack_b_columns: ir.Function


def _emit_any_tile(module: ir.Module, shape: Shape) -> ir.Function:
    """Call the tile function for (rows, vectors): the arguments of a tile behind these two numbers."""
    function = ir.Function(module, ir.FunctionType(VOID, [I64, I64, *TILE_ARGUMENTS]), "any_tile")
    function.linkage = "internal"
    rows, vectors, *arguments = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    none = function.append_basic_block("none")
    choice = builder.add(builder.mul(rows, i64(shape.vectors)), vectors)
    switch = builder.switch(choice, none)
    for r in range(1, shape.rows + 1):
        for v in range(1, shape.vectors + 1):
            tile = emit_tile(module, shape, r, v)
            case = function.append_basic_block(f"case_{r}_{v}")
            switch.add_case(i64(r * shape.vectors + v), case)
            builder.position_at_end(case)
            builder.call(tile, arguments)
            builder.ret_void()
    builder.position_at_end(none)
    builder.unreachable()
    return function


def _emit_edge_tile(module: ir.Module, shape: Shape, any_tile: ir.Function) -> ir.Function:
    """A tile of any width: where it does not fill its vectors it is computed in a buffer, so that nothing
    beyond C is touched.

    Arguments: rows, columns, the arguments of a tile, the buffer.
    """
    kind = ir.FunctionType(VOID, [I64, I64, *TILE_ARGUMENTS, POINTER])
    function = ir.Function(module, kind, "edge_tile")
    function.linkage = "internal"
    rows, columns, a, b, b_step, steps, c, c_step, buffer = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    vectors = builder.sdiv(builder.add(columns, i64(shape.lanes - 1)), i64(shape.lanes))
    fills = builder.icmp_signed("==", builder.mul(vectors, i64(shape.lanes)), columns)
    with builder.if_else(fills) as (whole, partial):
        with whole:
            builder.call(any_tile, [rows, vectors, a, b, b_step, steps, c, c_step])
        with partial:
            width = i64(shape.columns)
            _copy(builder, c, c_step, buffer, width, rows, columns)
            builder.call(any_tile, [rows, vectors, a, b, b_step, steps, buffer, width])
            _copy(builder, buffer, width, c, c_step, rows, columns)
    builder.ret_void()
    return function


def _copy(
    builder: ir.IRBuilder,
    source: ir.Value,
    source_step: ir.Value,
    target: ir.Value,
    target_step: ir.Value,
    rows: ir.Value,
    columns: ir.Value,
) -> None:
    with (
        counting(builder, i64(0), rows, i64(1)) as r,
        counting(builder, i64(0), columns, i64(1)) as column,
    ):
        value = builder.load(at(builder, source, builder.mul(r, source_step), column), align=4, typ=FLOAT)
        builder.store(value, at(builder, target, builder.mul(r, target_step), column), align=4)


def _emit_pack_b(
    builder: ir.IRBuilder,
    parts: _Parts,
    b_transposed: bool,
    b: ir.Value,
    ldb: ir.Value,
    place: tuple[ir.Value, ir.Value],
    size: tuple[ir.Value, ir.Value],
    target: ir.Value,
) -> None:
    """Pack the panel of B at (k, column) of ``place``, ``size`` = (steps, columns)."""
    (k, column), (steps, columns) = place, size
    shape = parts.shape
    if not b_transposed:
        source = at(builder, b, builder.mul(k, ldb), column)
        builder.call(parts.pack_b_columns, [source, ldb, columns, steps, target])
        return
    for v in range(shape.vectors):
        with builder.if_then(builder.icmp_signed(">", columns, i64(v * shape.lanes))):
            first = builder.add(column, i64(v * shape.lanes))
            source = at(builder, b, builder.mul(first, ldb), k)
            valid = builder.sub(columns, i64(v * shape.lanes))
            goal = at(builder, target, i64(v * shape.lanes))
            builder.call(parts.pack_b_rows, [source, ldb, valid, steps, goal])


def _emit_gemm(module: ir.Module, parts: _Parts, *, b_transposed: bool) -> None:
    """C += A B (or A B^T): A is packed, a block of rows at a time; every panel of B is packed once for all
    rows of the block.
    """
    name = "gemm_transposed" if b_transposed else "gemm_plain"
    function = ir.Function(module, ir.FunctionType(VOID, GEMM_ARGUMENTS), f"{name}_worker")
    function.linkage = "internal"
    block, m, n, k, a, lda, b, ldb, c, ldc, scratch = function.args
    shape = parts.shape
    height, width = i64(shape.rows), i64(shape.columns)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    b_packed = scratch
    buffer = at(builder, b_packed, i64(DEPTH * shape.columns))
    a_packed = at(builder, buffer, i64(shape.rows * shape.columns))
    with counting(builder, i64(0), m, block) as top:
        rows = smaller(builder, block, builder.sub(m, top))
        with counting(builder, i64(0), rows, height) as row:
            source = at(builder, a, builder.mul(builder.add(top, row), lda))
            valid = smaller(builder, height, builder.sub(rows, row))
            builder.call(parts.pack_a, [source, lda, valid, k, at(builder, a_packed, builder.mul(row, k))])
        with (
            counting(builder, i64(0), n, width) as column,
            counting(builder, i64(0), k, i64(DEPTH)) as k0,
        ):
            columns = smaller(builder, width, builder.sub(n, column))
            steps = smaller(builder, i64(DEPTH), builder.sub(k, k0))
            _emit_pack_b(builder, parts, b_transposed, b, ldb, (k0, column), (steps, columns), b_packed)
            with counting(builder, i64(0), rows, height) as row:
                valid = smaller(builder, height, builder.sub(rows, row))
                a_at = at(builder, a_packed, builder.mul(row, k), builder.mul(k0, height))
                c_at = at(builder, c, builder.mul(builder.add(top, row), ldc), column)
                builder.call(parts.tile, [valid, columns, a_at, b_packed, width, steps, c_at, ldc, buffer])
    builder.ret_void()
    add_entry(module, function, name)


def _emit_row(module: ir.Module, shape: Shape) -> None:
    """One row of C from one row of A and a transposed B: B is read once, transposed in registers, a vector of
    outputs at a time. What counts is how fast memory answers: few streams, and little work on the way.
    """
    shape = replace(shape, lanes=min(shape.lanes, ROW_LANES))
    function = ir.Function(module, ir.FunctionType(VOID, ROW_ARGUMENTS), "gemm_row_worker")
    function.linkage = "internal"
    n, k, a, b, ldb, c, buffer = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    slot = builder.alloca(shape.vector)
    one = i64(1)
    with counting(builder, i64(0), n, i64(shape.lanes)) as column:
        valid = smaller(builder, i64(shape.lanes), builder.sub(n, column))
        place = at(builder, c, column)
        _copy(builder, place, one, buffer, one, one, valid)
        builder.store(load_vector(builder, buffer, shape.vector), slot)
        rows = row_pointers(builder, at(builder, b, builder.mul(column, ldb)), ldb, shape.lanes, valid)
        _emit_row_chain(builder, shape, slot, a, rows, k)
        value = canonical(builder, builder.load(slot, typ=shape.vector), shape.lanes)
        builder.store(value, buffer, align=4)
        _copy(builder, buffer, one, place, one, one, valid)
    builder.ret_void()
    add_entry(module, function, "gemm_row")


def _emit_row_chain(
    builder: ir.IRBuilder, shape: Shape, slot: ir.Value, a: ir.Value, rows: list[ir.Value], k: ir.Value
) -> None:
    """Advance the vector of sums in ``slot`` along all of k."""

    def advance(step: ir.Value, column: ir.Value) -> None:
        value = splat(builder, builder.load(at(builder, a, step), align=4, typ=FLOAT), shape.lanes)
        builder.store(fused(builder, value, column, load_vector(builder, slot, shape.vector)), slot)

    whole = builder.and_(k, i64(-shape.lanes))
    bursts = builder.and_(k, i64(-BURST))
    for start, stop, width in ((i64(0), bursts, BURST), (bursts, whole, shape.lanes)):
        with counting(builder, start, stop, i64(width)) as first:
            for row in rows:
                for line in range(0, width, LINE):
                    prefetch(builder, at(builder, row, first, i64(PREFETCH_AHEAD + line)))
            for block in range(0, width, shape.lanes):
                here = builder.add(first, i64(block))
                for i, vector in enumerate(transposed(builder, rows, here)):
                    advance(builder.add(here, i64(i)), vector)
    with counting(builder, whole, k, i64(1)) as step:
        advance(step, gathered(builder, rows, step))


def build_module(shape: Shape) -> ir.Module:
    """``gemm_plain`` and ``gemm_transposed`` (GEMM_ARGUMENTS), ``gemm_row`` (ROW_ARGUMENTS)."""
    module = ir.Module("exact_gemm")
    tile = _emit_edge_tile(module, shape, _emit_any_tile(module, shape))
    parts = _Parts(
        shape,
        tile,
        emit_pack_rows(module, "pack_a", shape.lanes, shape.rows, 0),
        emit_pack_rows(module, "pack_b_rows", shape.lanes, shape.columns, PREFETCH_AHEAD),
        emit_pack_columns(module, shape),
    )
    _emit_gemm(module, parts, b_transposed=False)
    _emit_gemm(module, parts, b_transposed=True)
    _emit_row(module, shape)
    return module
