"""Copying panels of A and B into the order in which tiles read them."""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import I32, I64, POINTER, VOID, counting, i64, smaller
from sassafras.kernels.gemm_tile import FLOAT, Shape, at, load_vector


def _shuffle(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, mask: list[int]) -> ir.Value:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, len(mask)), mask))


def _by_quads(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, pattern: tuple[int, ...]) -> ir.Value:
    """A two-source shuffle that stays inside each group of four lanes; pattern entries above 3 mean ``b``."""
    lanes = a.type.count
    mask = [q + p if p < 4 else lanes + q + p - 4 for q in range(0, lanes, 4) for p in pattern]
    return _shuffle(builder, a, b, mask)


def row_pointers(
    builder: ir.IRBuilder, base: ir.Value, step: ir.Value, count: int, valid: ir.Value
) -> list[ir.Value]:
    """Addresses of rows 0..count-1; rows that do not exist repeat the last valid one (their results are
    dropped).
    """
    last = builder.sub(valid, i64(1))
    return [at(builder, base, builder.mul(smaller(builder, i64(r), last), step)) for r in range(count)]


def _quads(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, first: int) -> ir.Value:
    """Every second group of four lanes of ``a``, then of ``b``, from group ``first`` on."""
    lanes = a.type.count
    picked = [lane for quad in range(first, lanes // 4, 2) for lane in range(4 * quad, 4 * quad + 4)]
    return _shuffle(builder, a, b, picked + [lanes + lane for lane in picked])


def _swapped_quads(builder: ir.IRBuilder, rows: list[ir.Value]) -> list[ir.Value]:
    """A square of groups of four lanes (1 x 1, 2 x 2 or 4 x 4), mirrored: result q holds group q of every
    row.
    """
    if len(rows) == 1:
        return rows
    halves = []
    for first in (0, 1):
        pairs = [_quads(builder, a, b, first) for a, b in zip(rows[::2], rows[1::2], strict=True)]
        halves.append(_swapped_quads(builder, pairs))
    return [half[i] for i in range(len(halves[0])) for half in halves]


def transposed(builder: ir.IRBuilder, rows: list[ir.Value], k: ir.Value) -> list[ir.Value]:
    """As many vectors as rows, one per k, k+1, ...; lane r holds row r.

    Each row is loaded whole and once: rows of a large matrix often fall into the same set of the cache and
    push each other out.
    """
    kind = ir.VectorType(FLOAT, len(rows))
    loaded = [load_vector(builder, at(builder, row, k), kind) for row in rows]
    columns = [_swapped_quads(builder, loaded[r::4]) for r in range(4)]
    result = []
    for r0, r1, r2, r3 in zip(*columns, strict=True):
        low01 = _by_quads(builder, r0, r1, (0, 4, 1, 5))
        low23 = _by_quads(builder, r2, r3, (0, 4, 1, 5))
        high01 = _by_quads(builder, r0, r1, (2, 6, 3, 7))
        high23 = _by_quads(builder, r2, r3, (2, 6, 3, 7))
        for a, b in ((low01, low23), (high01, high23)):
            result.append(_by_quads(builder, a, b, (0, 1, 4, 5)))
            result.append(_by_quads(builder, a, b, (2, 3, 6, 7)))
    return result


def gathered(builder: ir.IRBuilder, rows: list[ir.Value], k: ir.Value) -> ir.Value:
    """One vector: lane r holds row r at ``k``. For the last few k, one float at a time."""
    value: ir.Value = ir.Constant(ir.VectorType(FLOAT, len(rows)), ir.Undefined)
    for lane, row in enumerate(rows):
        element = builder.load(at(builder, row, k), align=4, typ=FLOAT)
        value = builder.insert_element(value, element, ir.Constant(I32, lane))
    return value


def prefetch(builder: ir.IRBuilder, address: ir.Value) -> None:
    """Ask for a cache line that will be read soon, in the second-level cache. Any address is allowed."""
    name = "llvm.prefetch.p0"
    function = builder.module.globals.get(name)
    if function is None:
        function = ir.Function(builder.module, ir.FunctionType(VOID, [POINTER, I32, I32, I32]), name)
    builder.call(function, [address, ir.Constant(I32, 0), ir.Constant(I32, 2), ir.Constant(I32, 1)])


def emit_pack_rows(module: ir.Module, name: str, lanes: int, stride: int, ahead: int) -> ir.Function:
    """Pack rows of a row-major matrix so that element (row r, step k) lands at ``k * stride + r``, r < lanes.

    Arguments: source, floats between its rows, valid rows, steps along k, destination. Where ``stride`` is
    less than ``lanes`` the surplus lanes are overwritten by the next step; the destination has room for them
    behind its end.
    """
    function = ir.Function(module, ir.FunctionType(VOID, [POINTER, I64, I64, I64, POINTER]), name)
    function.linkage = "internal"
    source, step, valid, steps, target = function.args
    target.add_attribute("noalias")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    rows = row_pointers(builder, source, step, lanes, valid)
    whole = builder.and_(steps, i64(-lanes))
    with counting(builder, i64(0), whole, i64(lanes)) as k:
        if ahead:
            for row in rows:
                prefetch(builder, at(builder, row, k, i64(ahead)))
        for i, vector in enumerate(transposed(builder, rows, k)):
            place = at(builder, target, builder.mul(builder.add(k, i64(i)), i64(stride)))
            builder.store(vector, place, align=4)
    with counting(builder, whole, steps, i64(1)) as k:
        place = at(builder, target, builder.mul(k, i64(stride)))
        builder.store(gathered(builder, rows, k), place, align=4)
    builder.ret_void()
    return function


def emit_pack_columns(module: ir.Module, shape: Shape) -> ir.Function:
    """Pack up to ``shape.columns`` neighbouring columns of a row-major matrix; missing columns become zero.

    Arguments: source, floats between its rows, valid columns, rows (steps along k), destination.
    """
    kind = ir.FunctionType(VOID, [POINTER, I64, I64, I64, POINTER])
    function = ir.Function(module, kind, "pack_columns")
    function.linkage = "internal"
    source, step, valid, steps, target = function.args
    target.add_attribute("noalias")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    full = builder.icmp_signed("==", valid, i64(shape.columns))
    with builder.if_else(full) as (whole, partial):
        with whole, counting(builder, i64(0), steps, i64(1)) as k:
            row = at(builder, source, builder.mul(k, step))
            place = at(builder, target, builder.mul(k, i64(shape.columns)))
            for v in range(shape.vectors):
                offset = i64(v * shape.lanes)
                value = load_vector(builder, at(builder, row, offset), shape.vector)
                builder.store(value, at(builder, place, offset), align=4)
        with partial, counting(builder, i64(0), steps, i64(1)) as k:
            row = at(builder, source, builder.mul(k, step))
            place = at(builder, target, builder.mul(k, i64(shape.columns)))
            for v in range(shape.vectors):
                zeros = ir.Constant(shape.vector, [0.0] * shape.lanes)
                builder.store(zeros, at(builder, place, i64(v * shape.lanes)), align=4)
            with counting(builder, i64(0), valid, i64(1)) as column:
                value = builder.load(at(builder, row, column), align=4, typ=FLOAT)
                builder.store(value, at(builder, place, column), align=4)
    builder.ret_void()
    return function
