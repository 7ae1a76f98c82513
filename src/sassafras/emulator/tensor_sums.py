"""Sums of products as tensor cores form them, as functions that compiled code calls: one for each form of
instruction, with loops over the elements.

A step takes so many products and the sum so far (`TensorCores`). Each product is exact, with the sum of its
factors' exponents as its own (a denormal has that of the least normal number, a zero -126). All of them, and
the sum so far, are moved to the largest exponent among them and cut off there, towards zero; their sum is
exact. It is then rounded: to a binary32 towards zero, to a binary16 to the nearest. A sum of zero is +0, a
NaN is the canonical one. Source: MMA-Sim (arXiv:2511.10909), which reports the bits of cards from Volta on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from llvmlite import ir

from sassafras.building import I1, I32, I64, POINTER, counting
from sassafras.emulator.brought import Brought
from sassafras.isa.family import TensorCores
from sassafras.isa.opcodes.modifiers_of_tensor import QUAD, Factor, Shape, Sum

_F32 = ir.FloatType()
_F64 = ir.DoubleType()
_ZERO_EXPONENT = -126
_COLUMNS = 2  #: of C and D that a lane holds


class _Float(NamedTuple):
    """A format: its exponent's bits and those of its fraction; ``dropped``: low bits that are ignored."""

    exponent: int
    fraction: int
    dropped: int = 0

    @property
    def bias(self) -> int:
        return (1 << self.exponent - 1) - 1


_SINGLE, _HALF = _Float(8, 23), _Float(5, 10)
_FORMATS = {Factor.F16: _HALF, Factor.BF16: _Float(8, 7), Factor.TF32: _Float(8, 10, 13)}


class _Parts(NamedTuple):
    """Of a number: significand as an integer with its sign, exponent (both i32), and a float that is NaN or
    infinite where it is, 0 where it is, and else has its sign.
    """

    significand: ir.Value
    exponent: ir.Value
    kind: ir.Value


@dataclass(frozen=True)
class Form:
    """A form of instruction. ``second``: B's elements; ``sum``: None of integers, which are clamped with
    ``clamped``.
    """

    shape: Shape
    first: Factor
    second: Factor
    sum: Sum | None
    clamped: bool = False

    @property
    def is_laid_out(self) -> bool:
        """Whether fragments of such matrices are known: a row of A and a column of B are one or two registers
        of four lanes.
        """
        bits = self.shape.depth * self.first.bits
        return self.first.bits == self.second.bits and bits in (128, 128 * self.rows)

    @property
    def rows(self) -> int:
        """Of C and D that a lane holds parts of."""
        return self.shape.rows // 8

    @property
    def first_words(self) -> int:
        """Registers of a lane's part of A; those of B come behind them."""
        return self.rows * self.registers

    @property
    def registers(self) -> int:
        """In which a lane has its part of a column of B, or of a row of A."""
        return self.shape.depth * self.first.bits // 128


class _Matrix(NamedTuple):
    """Rows of A, or columns of B, that a lane multiplies, element by element."""

    significands: ir.Value
    exponents: ir.Value
    kinds: ir.Value


def products_function(module: ir.Module, form: Form, cores: TensorCores) -> ir.Function:
    """``sums(first, active, lane, c...) -> d...``: the lane's elements of C and D, one to a word (i32; of
    binary16 in the low half). The module has one for each form.
    """
    name = f"sums of {form}"
    if name in module.globals:
        known: ir.Function = module.globals[name]
        return known
    words = form.rows * _COLUMNS
    kind = ir.LiteralStructType([I32] * words)
    function = ir.Function(module, ir.FunctionType(kind, [POINTER, I32, I32, *[I32] * words]), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    brought = Brought(*function.args[:3])
    step = _integer_sum if form.sum is None else _float_sum
    result: ir.Value = kind(ir.Undefined)
    a, second = _matrices(b, form, brought)
    for place, c in enumerate(function.args[3:]):
        row, column = divmod(place, _COLUMNS)
        starts = [I32(k * form.shape.depth) for k in (row, column)]
        d = step(b, form, cores, (_behind(b, a, starts[0]), _behind(b, second, starts[1])), c)
        result = b.insert_value(result, d, place)
    b.ret(result)
    return function


def _behind(b: ir.IRBuilder, matrix: _Matrix, start: ir.Value) -> _Matrix:
    kinds = (I32, I32, _F32)
    return _Matrix(*(b.gep(p, [start], source_etype=k) for p, k in zip(matrix, kinds, strict=True)))


def _matrices(b: ir.IRBuilder, form: Form, brought: Brought) -> tuple[_Matrix, _Matrix]:
    """Rows g and g + 8 of A and columns 2q and 2q + 1 of B, taken apart."""
    group, quad = b.lshr(brought.lane, I32(2)), b.and_(brought.lane, I32(QUAD - 1))
    made = []
    for count in (form.rows, _COLUMNS):
        size = I32(count * form.shape.depth)
        made.append(_Matrix(*(b.alloca(kind, size=size) for kind in (I32, I32, _F32))))
    for r in range(form.rows):

        def row_word(part: ir.Value, r: int = r) -> ir.Value:
            return b.add(b.mul(part, I32(form.rows)), I32(r))

        _take_apart(
            b, form, form.first, brought, group, row_word, _behind(b, made[0], I32(r * form.shape.depth))
        )
    for n in range(_COLUMNS):
        column = b.add(b.mul(quad, I32(_COLUMNS)), I32(n))

        def column_word(part: ir.Value) -> ir.Value:
            return b.add(part, I32(form.first_words))

        _take_apart(
            b, form, form.second, brought, column, column_word, _behind(b, made[1], I32(n * form.shape.depth))
        )
    return made[0], made[1]


def _take_apart(
    b: ir.IRBuilder,
    form: Form,
    factor: Factor,
    brought: Brought,
    quad: ir.Value,
    word_of: Callable[[ir.Value], ir.Value],
    into: _Matrix,
) -> None:
    """The elements of a row (column), which the lanes of a quad hold; ``word_of``: where, by the number of
    the register among those of a row.
    """
    each = 32 // factor.bits
    with counting(b, I32(0), I32(form.shape.depth)) as k:
        register = b.udiv(k, I32(each * QUAD))
        lane = b.add(b.mul(quad, I32(QUAD)), b.urem(b.udiv(k, I32(each)), I32(QUAD)))
        word = brought.word(b, lane, word_of(register))
        shift = b.mul(b.urem(k, I32(each)), I32(factor.bits))
        bits = b.and_(b.lshr(word, shift), I32((1 << factor.bits) - 1))
        parts = _integer(b, factor, bits) if form.sum is None else _parts(b, _FORMATS[factor], bits)
        for pointer, value in zip(into, parts, strict=True):
            b.store(value, b.gep(pointer, [k], source_etype=value.type))


def _slot(b: ir.IRBuilder, kind: ir.Type) -> ir.Value:
    with b.goto_entry_block():
        return b.alloca(kind)


def _integer(b: ir.IRBuilder, factor: Factor, bits: ir.Value) -> _Parts:
    kind = ir.IntType(factor.bits)
    narrow = b.trunc(bits, kind)
    value = b.sext(narrow, I32) if factor.signed else b.zext(narrow, I32)
    return _Parts(value, I32(0), _F32(0.0))


def _parts(b: ir.IRBuilder, kind: _Float, bits: ir.Value) -> _Parts:
    bits = b.lshr(bits, I32(kind.dropped))
    top = (1 << kind.exponent) - 1
    field = b.and_(b.lshr(bits, I32(kind.fraction)), I32(top))
    fraction = b.and_(bits, I32((1 << kind.fraction) - 1))
    negative = b.trunc(b.lshr(bits, I32(kind.exponent + kind.fraction)), I1)
    small = b.icmp_unsigned("==", field, I32(0))
    magnitude = b.select(small, fraction, b.or_(fraction, I32(1 << kind.fraction)))
    zero = b.icmp_unsigned("==", magnitude, I32(0))
    exponent = b.sub(b.select(small, I32(1), field), I32(kind.bias))
    special = b.icmp_unsigned("==", field, I32(top))
    unusual = b.select(b.icmp_unsigned("==", fraction, I32(0)), _F32(float("inf")), _F32(float("nan")))
    what = b.select(special, unusual, b.select(zero, _F32(0.0), _F32(1.0)))
    return _Parts(
        b.select(negative, b.neg(magnitude), magnitude),
        b.select(zero, I32(_ZERO_EXPONENT), exponent),
        b.select(negative, b.fneg(what), what),
    )


def _integer_sum(
    b: ir.IRBuilder, form: Form, cores: TensorCores, factors: tuple[_Matrix, _Matrix], c: ir.Value
) -> ir.Value:
    """The exact sum, wrapped or clamped to 32 bits at the end."""
    del cores
    total = _slot(b, I64)
    b.store(b.sext(c, I64), total)
    with counting(b, I32(0), I32(form.shape.depth)) as k:
        x, y = (b.load(b.gep(m.significands, [k], source_etype=I32), typ=I32) for m in factors)
        b.store(b.add(b.load(total, typ=I64), b.sext(b.mul(x, y), I64)), total)
    found = b.load(total, typ=I64)
    if form.clamped:
        for sign, bound in (("<", -(1 << 31)), (">", (1 << 31) - 1)):
            found = b.select(b.icmp_signed(sign, found, I64(bound)), I64(bound), found)
    return b.trunc(found, I32)


def _float_sum(
    b: ir.IRBuilder, form: Form, cores: TensorCores, factors: tuple[_Matrix, _Matrix], c: ir.Value
) -> ir.Value:
    """Step by step."""
    depth = min(form.shape.depth, 8 * cores.step_bytes // form.first.bits)
    place = _slot(b, I32)
    b.store(c, place)
    with counting(b, I32(0), I32(form.shape.depth), I32(depth)) as start:
        here = (_behind(b, factors[0], start), _behind(b, factors[1], start))
        b.store(_float_step(b, form, depth, cores.fraction_bits, here, b.load(place, typ=I32)), place)
    return b.load(place, typ=I32)


def _float_step(
    b: ir.IRBuilder,
    form: Form,
    depth: int,
    kept: int,
    factors: tuple[_Matrix, _Matrix],
    c: ir.Value,
) -> ir.Value:
    kind = _SINGLE if form.sum is Sum.F32 else _HALF
    addend = _parts(b, kind, c)
    largest, special, total = (_slot(b, slot) for slot in (I32, _F64, I64))
    b.store(addend.exponent, largest)
    b.store(b.fpext(addend.kind, _F64), special)
    with counting(b, I32(0), I32(depth)) as k:
        x, y = (_at(b, m, k) for m in factors)
        exponent, known = b.add(x.exponent, y.exponent), b.load(largest, typ=I32)
        b.store(b.select(b.icmp_signed(">", exponent, known), exponent, known), largest)
        both = b.fpext(b.fmul(x.kind, y.kind), _F64)
        b.store(b.fadd(b.load(special, typ=_F64), both), special)
    top = b.load(largest, typ=I32)
    b.store(
        _cut(b, b.sext(addend.significand, I64), kept - kind.fraction, b.sub(top, addend.exponent)), total
    )
    up = kept - 2 * _FORMATS[form.first].fraction
    with counting(b, I32(0), I32(depth)) as k:
        x, y = (_at(b, m, k) for m in factors)
        product = b.mul(b.sext(x.significand, I64), b.sext(y.significand, I64))
        moved = _cut(b, product, up, b.sub(top, b.add(x.exponent, y.exponent)))
        b.store(b.add(b.load(total, typ=I64), moved), total)
    rounded = _rounded(b, kind, b.load(total, typ=I64), b.sub(top, I32(kept)))
    return _unless_special(b, kind, b.load(special, typ=_F64), rounded)


def _at(b: ir.IRBuilder, matrix: _Matrix, k: ir.Value) -> _Parts:
    kinds = (I32, I32, _F32)
    return _Parts(*(b.load(b.gep(p, [k], source_etype=t), typ=t) for p, t in zip(matrix, kinds, strict=True)))


def _shifted(b: ir.IRBuilder, magnitude: ir.Value, down: ir.Value) -> ir.Value:
    """``magnitude`` (i64) moved down by a number (i32, not negative) of bits."""
    bits = b.select(b.icmp_signed("<", down, I32(63)), down, I32(63))
    return b.lshr(magnitude, b.zext(bits, I64))


def _cut(b: ir.IRBuilder, significand: ir.Value, up: int, down: ir.Value) -> ir.Value:
    """Moved up, then down and cut off there, towards zero."""
    negative = b.icmp_signed("<", significand, I64(0))
    magnitude = b.shl(b.select(negative, b.neg(significand), significand), I64(up))
    moved = _shifted(b, magnitude, down)
    return b.select(negative, b.neg(moved), moved)


def _rounded(b: ir.IRBuilder, kind: _Float, total: ir.Value, unit: ir.Value) -> ir.Value:
    """The bits of ``total`` (i64) times 2^``unit`` (i32): towards zero, or of a half to the nearest."""
    negative = b.icmp_signed("<", total, I64(0))
    magnitude = b.select(negative, b.neg(total), total)
    zeros = b.call(
        b.module.declare_intrinsic("llvm.ctlz", [I64], ir.FunctionType(I64, [I64, I1])), [magnitude, I1(0)]
    )
    exponent = b.add(unit, b.sub(I32(63), b.trunc(zeros, I32)))  # of the highest bit
    least = I32(1 - kind.bias)
    small = b.icmp_signed("<", exponent, least)
    last = b.sub(b.select(small, least, exponent), I32(kind.fraction))  # what the result's last bit is worth
    down = b.sub(last, unit)
    up = b.icmp_signed("<", down, I32(0))
    kept = b.select(
        up, b.shl(magnitude, b.zext(b.select(up, b.neg(down), I32(0)), I64)), _shifted(b, magnitude, down)
    )
    if kind is _HALF:
        kept = b.add(kept, b.select(_rounds_up(b, magnitude, kept, down), I64(1), I64(0)))
    # A significand with its hidden bit adds one to the exponent's field.
    binade = b.select(small, I32(0), b.add(exponent, I32(kind.bias - 1)))
    bits = b.add(b.shl(b.zext(binade, I64), I64(kind.fraction)), kept)
    infinite = I64(((1 << kind.exponent) - 1) << kind.fraction)
    bits = b.select(b.icmp_unsigned(">", bits, infinite), infinite, bits)
    sign = b.select(negative, I64(1 << kind.exponent + kind.fraction), I64(0))
    zero = b.icmp_unsigned("==", kept, I64(0))  # a sum of nothing, or less than half the least number
    return b.trunc(b.select(zero, I64(0), b.or_(bits, sign)), I32)


def _rounds_up(b: ir.IRBuilder, magnitude: ir.Value, kept: ir.Value, down: ir.Value) -> ir.Value:
    """Whether what is cut off is more than half of the last bit, or half and that bit is odd."""
    some = b.icmp_signed(">", down, I32(0))
    bits = b.zext(b.select(some, b.select(b.icmp_signed("<", down, I32(63)), down, I32(63)), I32(1)), I64)
    rest = b.and_(magnitude, b.sub(b.shl(I64(1), bits), I64(1)))
    middle = b.shl(I64(1), b.sub(bits, I64(1)))
    odd = b.trunc(kept, I1)
    tie = b.and_(b.icmp_unsigned("==", rest, middle), odd)
    return b.and_(some, b.or_(b.icmp_unsigned(">", rest, middle), tie))


def _unless_special(b: ir.IRBuilder, kind: _Float, special: ir.Value, rounded: ir.Value) -> ir.Value:
    """``rounded``, or the infinity or the NaN that the sum is."""
    sign = kind.exponent + kind.fraction
    infinite = ((1 << kind.exponent) - 1) << kind.fraction
    positive = b.fcmp_ordered("==", special, _F64(float("inf")))
    negative = b.fcmp_ordered("==", special, _F64(float("-inf")))
    found = b.select(positive, I32(infinite), b.select(negative, I32(infinite | 1 << sign), rounded))
    return b.select(b.fcmp_unordered("uno", special, special), I32((1 << sign) - 1), found)
