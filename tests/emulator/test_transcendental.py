"""MUFU against wider arithmetic that shares nothing with it: long double, and exact integers for roots."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from llvmlite import ir
from numpy.typing import NDArray

from sassafras.emulator.semantics import transcendental
from sassafras.native import NativeLibrary

Floats = NDArray[np.float32]
Words = NDArray[np.uint32]
Wide = np.longdouble
NAN, INFINITY, SIGN = 0x7FFFFFFF, 0x7F800000, 0x80000000
WIDE_ENOUGH = np.finfo(Wide).nmant >= 63

pytestmark = pytest.mark.skipif(not WIDE_ENOUGH, reason="no long double wider than binary64 here")

REFERENCES: dict[str, Callable[[Any], Any]] = {
    "ex2": np.exp2,
    "lg2": np.log2,
    "rcp": lambda x: 1 / x,
    "rsq": lambda x: 1 / np.sqrt(x),
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
}


@cache
def mufu(name: str) -> Callable[[Floats], Words]:
    """The emitted function over arrays."""
    return over_arrays(name, getattr(transcendental, f"emit_{name}"))


def over_arrays(name: str, emit: Callable[[ir.IRBuilder, ir.Value], ir.Value]) -> Callable[[Floats], Words]:
    """A function of one float over arrays, compiled."""
    i64, f32, pointer = ir.IntType(64), ir.FloatType(), ir.PointerType()
    module = ir.Module(name)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer, pointer, i64]), "over")
    source, target, count = function.args
    source.add_attribute("noalias")
    entry, body, end = (function.append_basic_block(label) for label in ("entry", "body", "end"))
    builder = ir.IRBuilder(entry)
    builder.branch(body)
    builder.position_at_end(body)
    i = builder.phi(i64)
    x = builder.load(builder.gep(source, [i], source_etype=f32), typ=f32)
    builder.store(emit(builder, x), builder.gep(target, [i], source_etype=f32))
    following = builder.add(i, i64(1))
    i.add_incoming(i64(0), entry)
    i.add_incoming(following, body)
    builder.cbranch(builder.icmp_signed("<", following, count), body, end)
    builder.position_at_end(end)
    builder.ret_void()
    library = NativeLibrary(f"mufu_{name}", str(module), ["over"], vectorize=True)
    over = library.function("over", None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)

    def run(values: Floats) -> Words:
        values = np.ascontiguousarray(values)
        out = np.empty(values.size, np.uint32)
        over(values.ctypes.data, out.ctypes.data, values.size)
        return out

    return run


def floats(words: Words | list[int]) -> Floats:
    return np.asarray(words, np.uint32).view(np.float32)


def flushed(words: Words) -> Words:
    return np.where(words & INFINITY == 0, words & SIGN, words).astype(np.uint32)


def reference(name: str, values: Floats) -> Words:
    """The function in long double, rounded to float32; denormals flushed on both sides, one NaN."""
    with np.errstate(all="ignore"):
        wide = REFERENCES[name](flushed(values.view(np.uint32)).view(np.float32).astype(Wide))
        words = flushed(wide.astype(np.float32).view(np.uint32))
    words[np.isnan(wide)] = NAN
    return words


def drawn(low: int, high: int, seed: int, count: int = 1 << 16) -> Words:
    return np.random.Generator(np.random.Philox(seed)).integers(low, high, count, np.uint32)


def both_signs(words: Words) -> Words:
    return np.concatenate([words, words | np.uint32(SIGN)])


def around(*values: float) -> Floats:
    """Each value and the 8 floats on either side."""
    words = np.array(values, np.float32).view(np.uint32).astype(np.int64)[:, None] + np.arange(-8, 9)
    return words.ravel().astype(np.uint32).view(np.float32)


@pytest.mark.parametrize("name", ["ex2", "rcp", "rsq", "sqrt", "lg2"])
def test_any_bits(name: str) -> None:
    values = floats(drawn(0, 1 << 32, 1))
    np.testing.assert_array_equal(mufu(name)(values), reference(name, values))


def test_powers_of_two_where_they_matter() -> None:
    near = floats(both_signs(drawn(0x33000000, 0x43160000, 2)))  # 3e-8 to 150
    edges = around(128, -126, -125, -149, -150, 127.5, -0.5, 0.5, 1, -1, 2**-24, -(2**-25), 200, -200)
    for values in (near, edges):
        np.testing.assert_array_equal(mufu("ex2")(values), reference("ex2", values))


def test_logarithms_near_one_and_of_powers_of_two() -> None:
    values = np.concatenate(
        [
            floats(drawn(0x3F000000, 0x40000000, 3)),
            around(1, 0.70710677, 1.4142135, 2, 0.5),
            floats([1 << 23]),
        ]
    )
    np.testing.assert_array_equal(mufu("lg2")(values), reference("lg2", values))


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_angles(name: str) -> None:
    limit = int(np.float32(transcendental.ANGLE_LIMIT).view(np.uint32))
    turns = np.arange(-40_000, 40_000, dtype=np.float64) * (np.pi / 2)
    for values in (
        floats(both_signs(drawn(0, limit + 1, 4))),
        floats(both_signs(drawn(0x3C000000, 0x41000000, 5))),
        turns.astype(np.float32),
    ):
        np.testing.assert_array_equal(mufu(name)(values), reference(name, values))


def test_angles_beyond_the_limit_count_as_zero() -> None:
    values = floats(both_signs(drawn(0x49800001, INFINITY, 6)))
    assert set(mufu("sin")(values)) == {0}
    assert set(mufu("cos")(values)) == {0x3F800000}


SPECIALS = {
    # function: (input, result) bits, from the PTX manual's tables of special values
    "ex2": ((0xFF800000, 0), (0, 0x3F800000), (SIGN, 0x3F800000), (INFINITY, INFINITY), (1, 0x3F800000)),
    "lg2": (
        (0, 0xFF800000),
        (SIGN, 0xFF800000),
        (0xBF800000, NAN),
        (INFINITY, INFINITY),
        (0x3F800000, 0),
        (5, 0xFF800000),
    ),
    "rcp": ((0, INFINITY), (SIGN, 0xFF800000), (INFINITY, 0), (0xFF800000, SIGN), (0x80000001, 0xFF800000)),
    "rsq": (
        (0, INFINITY),
        (SIGN, 0xFF800000),
        (0xBF800000, NAN),
        (INFINITY, 0),
        (0xFF800000, NAN),
        (1, INFINITY),
    ),
    "sqrt": ((0, 0), (SIGN, SIGN), (0xBF800000, NAN), (INFINITY, INFINITY), (0x80000001, SIGN)),
    "sin": ((0, 0), (SIGN, SIGN), (INFINITY, NAN), (0xFF800000, NAN), (0x80000001, SIGN)),
    "cos": ((0, 0x3F800000), (SIGN, 0x3F800000), (INFINITY, NAN), (0xFF800000, NAN)),
}


@pytest.mark.parametrize("name", SPECIALS)
def test_special_values(name: str) -> None:
    for given, expected in SPECIALS[name]:
        assert hex(mufu(name)(floats([given]))[0]) == hex(expected), hex(given)
    nans = floats([0x7F800001, 0x7FC00000, 0x7FFFFFFF, 0xFFC01234, 0xFF800001])
    assert set(mufu(name)(nans)) == {NAN}


def test_square_roots_by_exact_integers() -> None:
    """y is the nearest float of sqrt(x) iff x lies between the squares of the midpoints around y."""
    for word in drawn(1 << 23, INFINITY, 7, 2000):
        mantissa, exponent = int(word & 0x7FFFFF | 0x800000), int(word >> 23) - 150
        y = int(mufu("sqrt")(floats([int(word)]))[0])
        root, root_exponent = (y & 0x7FFFFF) | 0x800000, (y >> 23) - 150
        scaled = mantissa << 80 + exponent - 2 * root_exponent  # x in units of (ulp of y / 2^40)^2
        assert (2 * root - 1) ** 2 << 78 < scaled < (2 * root + 1) ** 2 << 78


def test_inverse_square_roots_by_exact_integers() -> None:
    for word in drawn(1 << 23, INFINITY, 8, 2000):
        mantissa, exponent = int(word & 0x7FFFFF | 0x800000), int(word >> 23) - 150
        y = int(mufu("rsq")(floats([int(word)]))[0])
        root, root_exponent = (y & 0x7FFFFF) | 0x800000, (y >> 23) - 150
        one = 1 << 2 - exponent - 2 * root_exponent  # x y^2 = 1 in the same units
        assert mantissa * (2 * root - 1) ** 2 < one < mantissa * (2 * root + 1) ** 2


def blocks(first: int, count: int) -> Iterator[Words]:
    for start in range(first, first + count, 1 << 20):
        yield np.arange(start, start + (1 << 20), dtype=np.uint32)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ex2", "rcp", "rsq", "sqrt", "lg2"])
def test_every_mantissa(name: str) -> None:
    """All floats in [1, 4): for ex2 that is every fraction of its fixed-point argument; scaling adds nothing
    new.
    """
    for words in blocks(0x3F800000, 1 << 24):
        values = floats(words)
        np.testing.assert_array_equal(mufu(name)(values), reference(name, values))


@pytest.mark.slow
@pytest.mark.parametrize("sign", [0, SIGN])
@pytest.mark.parametrize("exponent", range(102, 127))
def test_every_power_below_one(exponent: int, sign: int) -> None:
    """ex2 of all floats with 2^-25 <= |x| < 1: the fractional parts of all arguments are among them."""
    for words in blocks(exponent << 23, 1 << 23):
        values = floats(words | np.uint32(sign))
        np.testing.assert_array_equal(mufu("ex2")(values), reference("ex2", values))


@pytest.mark.slow
def test_the_compiled_reciprocal_is_correctly_rounded_with_this_rcp() -> None:
    """MUFU.RCP and one correction, as NVRTC compiles 1 / x: twins may simply divide."""

    def reciprocal(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
        r = transcendental.emit_rcp(builder, x)
        error = builder.fma(x, r, ir.Constant(ir.FloatType(), -1.0))
        return builder.fma(r, builder.fneg(error), r)

    run = over_arrays("reciprocal", reciprocal)
    for words in blocks(0x3F800000, 1 << 23):
        values = floats(words)
        np.testing.assert_array_equal(run(values), (np.float32(1) / values).view(np.uint32))
