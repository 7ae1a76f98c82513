"""The innermost part of the exact gemm: a tile of C kept in registers along k.

Every lane is one element of C and one chain: c = fma(a[k], b[k], c), k ascending. Vectors run over columns,
registers over rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from sassafras.building import I32, I64, POINTER, VOID, counting, i64
from sassafras.native import Host

FLOAT = ir.FloatType()
UNROLL = 4
CANONICAL_NAN = 0x7FFFFFFF
TILE_ARGUMENTS = (POINTER, POINTER, I64, I64, POINTER, I64)
"""packed rows of A, columns of B, floats between rows of B, steps along k, C, floats between rows of C"""


@dataclass(frozen=True)
class Shape:
    """Register blocking: ``lanes`` floats in a vector, a tile of ``rows`` x ``vectors * lanes`` elements."""

    lanes: int
    rows: int
    vectors: int = 2

    @property
    def columns(self) -> int:
        """Columns of a full tile."""
        return self.lanes * self.vectors

    @property
    def vector(self) -> ir.VectorType:
        """The vector type."""
        return ir.VectorType(FLOAT, self.lanes)


def shape_for(host: Host) -> Shape:
    """The largest tile whose accumulators, B vectors and one broadcast fit the vector registers (32, else
    16).
    """
    return Shape(host.lanes, {16: 12, 8: 6, 4: 4}[host.lanes])


def at(builder: ir.IRBuilder, base: ir.Value, *offsets: ir.Value) -> ir.Value:
    """The address ``offsets`` floats behind ``base`` (never by way of integers)."""
    for offset in offsets:
        base = builder.gep(base, [offset], source_etype=FLOAT)
    return base


def load_vector(builder: ir.IRBuilder, address: ir.Value, kind: ir.Type) -> ir.Value:
    """Load at float alignment."""
    return builder.load(address, align=4, typ=kind)


def splat(builder: ir.IRBuilder, value: ir.Value, lanes: int) -> ir.Value:
    """A float in every lane."""
    kind = ir.VectorType(value.type, lanes)
    undefined = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(undefined, value, ir.Constant(I32, 0))
    zeros = ir.Constant(ir.VectorType(I32, lanes), [0] * lanes)
    return builder.shuffle_vector(one, undefined, zeros)


def fused(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
    """a * b + c of float vectors with one rounding."""
    name = f"llvm.fma.v{a.type.count}f32"
    function = builder.module.globals.get(name)
    if function is None:
        function = ir.Function(builder.module, ir.FunctionType(a.type, [a.type] * 3), name)
    return builder.call(function, [a, b, c])


def canonical(builder: ir.IRBuilder, value: ir.Value, lanes: int) -> ir.Value:
    """NaN lanes -> 0x7fffffff. A chain that met a NaN stays NaN, so once at its end says the same as after
    every step.
    """
    bits = ir.Constant(ir.VectorType(I32, lanes), [CANONICAL_NAN] * lanes)
    nan = builder.bitcast(bits, value.type)
    return builder.select(builder.fcmp_unordered("uno", value, value), nan, value)


def _emit_step(
    builder: ir.IRBuilder, shape: Shape, sums: list[list[ir.Value]], a: ir.Value, b: ir.Value
) -> None:
    """One k: every accumulator (a stack slot, later a register) takes one multiply-add."""
    columns = [
        load_vector(builder, at(builder, b, i64(v * shape.lanes)), shape.vector) for v in range(len(sums[0]))
    ]
    for row, slots in enumerate(sums):
        value = splat(builder, builder.load(at(builder, a, i64(row)), align=4, typ=FLOAT), shape.lanes)
        for slot, column in zip(slots, columns, strict=True):
            builder.store(fused(builder, value, column, builder.load(slot, typ=shape.vector)), slot)


def emit_tile(module: ir.Module, shape: Shape, rows: int, vectors: int) -> ir.Function:
    """The function that advances a tile of ``rows`` x ``vectors * lanes`` elements of C by some steps along
    k.
    """
    function = ir.Function(module, ir.FunctionType(VOID, TILE_ARGUMENTS), f"tile_{rows}_{vectors}")
    function.linkage = "internal"
    function.attributes.add("noinline")
    a, b, b_step, steps, c, c_step = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    sums = [[builder.alloca(shape.vector) for _ in range(vectors)] for _ in range(rows)]
    places = [
        [at(builder, c, builder.mul(i64(r), c_step), i64(v * shape.lanes)) for v in range(vectors)]
        for r in range(rows)
    ]
    for r in range(rows):
        for v in range(vectors):
            builder.store(load_vector(builder, places[r][v], shape.vector), sums[r][v])
    whole = builder.and_(steps, i64(-UNROLL))
    for start, stop, unroll in ((i64(0), whole, UNROLL), (whole, steps, 1)):
        with counting(builder, start, stop, i64(unroll)) as k:
            for u in range(unroll):
                step = builder.add(k, i64(u))
                a_at = at(builder, a, builder.mul(step, i64(shape.rows)))
                _emit_step(builder, shape, sums, a_at, at(builder, b, builder.mul(step, b_step)))
    for r in range(rows):
        for v in range(vectors):
            value = canonical(builder, builder.load(sums[r][v], typ=shape.vector), shape.lanes)
            builder.store(value, places[r][v], align=4)
    builder.ret_void()
    return function
