"""The exact gemm equals one in-order chain of fused multiply-adds per element, bit for bit."""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llvmlite import ir
from numpy.typing import NDArray
from tests.kernels.cases import tame, wild
from tests.kernels.exact_floats import fma

from sassafras.kernels import exact_gemm
from sassafras.kernels.exact_gemm import gemm
from sassafras.kernels.gemm_tile import shape_for
from sassafras.native import NativeLibrary, host

Matrix = NDArray[np.float32]
SHAPE = shape_for(host())
ROWS, COLUMNS, LANES = SHAPE.rows, SHAPE.columns, SHAPE.lanes


def by_fractions(a: Matrix, b: Matrix, c: Matrix) -> NDArray[np.uint32]:
    result = c.view(np.uint32).copy()
    a_bits, b_bits = a.view(np.uint32), b.view(np.uint32)
    for i, j in np.ndindex(*c.shape):
        total = int(result[i, j])
        for k in range(a.shape[1]):
            total = fma(int(a_bits[i, k]), int(b_bits[k, j]), total)
        result[i, j] = total
    return result


@cache
def _scalar_loop() -> NativeLibrary:
    """Three plain loops around the C library's fmaf: nothing shared with the code under test."""
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    address = ctypes.cast(library.fmaf, ctypes.c_void_p).value
    i64, f32, pointer = ir.IntType(64), ir.FloatType(), ir.PointerType()
    module = ir.Module("scalar")
    function = ir.Function(
        module, ir.FunctionType(ir.VoidType(), [i64, pointer, pointer, i64, pointer]), "chain"
    )
    steps, a, b, b_step, c = function.args
    entry, body, end = (function.append_basic_block(name) for name in ("entry", "body", "end"))
    builder = ir.IRBuilder(entry)
    start = builder.load(c, typ=f32)
    builder.cbranch(builder.icmp_signed(">", steps, i64(0)), body, end)
    builder.position_at_end(body)
    k, total = builder.phi(i64), builder.phi(f32)
    fmaf_type = ir.FunctionType(f32, [f32, f32, f32])
    fmaf = builder.inttoptr(i64(address), ir.PointerType(fmaf_type))
    x = builder.load(builder.gep(a, [k], source_etype=f32), typ=f32)
    y = builder.load(builder.gep(b, [builder.mul(k, b_step)], source_etype=f32), typ=f32)
    after = builder.call(fmaf, [x, y, total])
    following = builder.add(k, i64(1))
    for phi, first, again in ((k, i64(0), following), (total, start, after)):
        phi.add_incoming(first, entry)
        phi.add_incoming(again, body)
    builder.store(after, c)
    builder.cbranch(builder.icmp_signed("<", following, steps), body, end)
    builder.position_at_end(end)
    builder.ret_void()
    return NativeLibrary("scalar", str(module), ["chain"])


def by_libm(a: Matrix, b: Matrix, c: Matrix) -> NDArray[np.uint32]:
    p, i = ctypes.c_void_p, ctypes.c_int64
    chain = _scalar_loop().function("chain", None, i, p, p, i, p)
    a, b, result = np.ascontiguousarray(a), np.ascontiguousarray(b), np.ascontiguousarray(c).copy()
    (m, n), k = c.shape, a.shape[1]
    for row in range(m):
        for column in range(n):
            chain(
                k,
                a.ctypes.data + 4 * row * k,
                b.ctypes.data + 4 * column,
                n,
                result.ctypes.data + 4 * (row * n + column),
            )
    bits = result.view(np.uint32).copy()
    if k:
        bits[np.isnan(result)] = 0x7FFFFFFF
    return bits


def check(a: Matrix, b: Matrix, c: Matrix, expected: NDArray[np.uint32]) -> None:
    """Every way of asking gives the expected bits."""
    for transpose in (False, True):
        for threads in (1, 2):
            result = c.copy()
            stored = np.ascontiguousarray(b.T) if transpose else b
            gemm(a, stored, result, transpose_b=transpose, threads=threads)
            np.testing.assert_array_equal(result.view(np.uint32), expected)


def matrices(m: int, n: int, k: int, seed: int, share: float) -> tuple[Matrix, Matrix, Matrix]:
    make = (lambda count, s: wild(count, s, share)) if share else tame
    return (
        make(m * k, seed).reshape(m, k),
        make(k * n, seed + 1).reshape(k, n),
        make(m * n, seed + 2).reshape(m, n),
    )


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 9),
    st.integers(0, 1 << 20),
    st.sampled_from([0.0, 0.3, 1.0]),
)
def test_small_products_equal_exact_fractions(m: int, n: int, k: int, seed: int, share: float) -> None:
    a, b, c = matrices(m, n, k, seed, share)
    check(a, b, c, by_fractions(a, b, c))


@given(
    st.integers(1, 2 * ROWS + 3),
    st.integers(1, 2 * COLUMNS + 3),
    st.integers(0, 70),
    st.integers(0, 1 << 20),
    st.sampled_from([0.0, 0.01, 0.2]),
)
def test_any_shape_equals_a_scalar_chain(m: int, n: int, k: int, seed: int, share: float) -> None:
    a, b, c = matrices(m, n, k, seed, share)
    check(a, b, c, by_libm(a, b, c))


@pytest.mark.parametrize("m", [1, ROWS - 1, ROWS, ROWS + 1])
@pytest.mark.parametrize("n", [1, LANES - 1, LANES, LANES + 1, COLUMNS - 1, COLUMNS, COLUMNS + 1])
@pytest.mark.parametrize("k", [0, 1, 3, LANES, 511, 512, 513, 1030])
def test_edges_of_tiles_and_blocks(m: int, n: int, k: int) -> None:
    a, b, c = matrices(m, n, k, m + 100 * n, 0.0 if k > 100 else 0.02)
    check(a, b, c, by_libm(a, b, c))


def test_more_rows_than_are_packed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_gemm, "PACKED_FLOATS", 1)
    a, b, c = matrices(3 * ROWS + 1, COLUMNS + 5, 40, 5, 0.01)
    check(a, b, c, by_libm(a, b, c))


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("threads", [2, 3, 7])
@pytest.mark.parametrize("shape", [(200, 90, 260), (90, 200, 260), (1, 700, 6100), (700, 1, 6100)])
def test_threads_change_nothing(shape: tuple[int, int, int], threads: int, transpose: bool) -> None:
    m, n, k = shape
    assert m * n * k >= exact_gemm.WORTH_A_THREAD
    a, b, c = matrices(m, n, k, 11, 0.0)
    stored = np.ascontiguousarray(b.T) if transpose else b
    alone, together = c.copy(), c.copy()
    gemm(a, stored, alone, transpose_b=transpose)
    gemm(a, stored, together, transpose_b=transpose, threads=threads)
    np.testing.assert_array_equal(alone.view(np.uint32), together.view(np.uint32))


@pytest.mark.parametrize("transpose", [False, True])
@given(data=st.data())
def test_views_are_read_and_written_in_place_and_nothing_else(data: st.DataObject, transpose: bool) -> None:
    m, n, k = (data.draw(st.integers(1, 40)) for _ in range(3))
    top, left, more = (data.draw(st.integers(0, 5)) for _ in range(3))
    a, b, c = matrices(m, n, k, m + n + k, 0.02)
    expected = by_libm(a, b, c)

    def within(matrix: Matrix) -> tuple[Matrix, Matrix]:
        rows, columns = matrix.shape
        whole = wild((rows + top) * (columns + left + more), 3, 1.0).reshape(rows + top, -1)
        whole[top:, left : left + columns] = matrix
        return whole, whole[top:, left : left + columns]

    (_, a_view), (_, b_view), (whole, c_view) = within(a), within(b.T if transpose else b), within(c)
    wanted = whole.view(np.uint32).copy()
    wanted[top:, left : left + n] = expected
    gemm(a_view, b_view, c_view, transpose_b=transpose)
    np.testing.assert_array_equal(whole.view(np.uint32), wanted)


@pytest.mark.parametrize("lanes", [lanes for lanes in (4, 8) if lanes < LANES])
def test_narrower_machines_compute_the_same(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = shape_for(replace(host(), lanes=lanes))
    a, b, c = matrices(2 * narrow.rows + 1, 2 * narrow.columns + 3, 77, 4, 0.01)
    expected = by_libm(a, b, c)
    monkeypatch.setattr(exact_gemm, "_native", lambda: (narrow, exact_gemm.compiled(narrow)))
    check(a, b, c, expected)
    check(a[:1], b, c[:1], expected[:1])


def test_no_steps_keep_the_bits_of_nan() -> None:
    c = wild(12, 1, 1.0).reshape(3, 4)
    before = c.copy()
    gemm(np.empty((3, 0), np.float32), np.empty((0, 4), np.float32), c)
    np.testing.assert_array_equal(c.view(np.uint32), before.view(np.uint32))


def test_denormals_survive_a_caller_who_flushes_them() -> None:
    tiny = np.array([[1e-40]], np.float32)
    one = np.ones((1, 1), np.float32)
    c = np.zeros((1, 1), np.float32)
    flushing = _control_word(0x9FC0)
    try:
        gemm(tiny, one, c)
    finally:
        _control_word(flushing)
    assert c.view(np.uint32)[0, 0] == tiny.view(np.uint32)[0, 0]


def _control_word(new: int) -> int:
    """Set MXCSR of this thread (x86); the old value comes back."""
    if not host().x86:
        pytest.skip("x86 only")
    text = """
    declare void @llvm.x86.sse.stmxcsr(ptr)
    declare void @llvm.x86.sse.ldmxcsr(ptr)
    define void @exchange(ptr %new, ptr %old) {
      call void @llvm.x86.sse.stmxcsr(ptr %old)
      call void @llvm.x86.sse.ldmxcsr(ptr %new)
      ret void
    }"""
    exchange = NativeLibrary("mxcsr", text, ["exchange"]).function(
        "exchange", None, ctypes.c_void_p, ctypes.c_void_p
    )
    words = np.array([new, 0], np.uint32)
    exchange(words.ctypes.data, words.ctypes.data + 4)
    return int(words[1])


def test_what_does_not_fit_is_refused() -> None:
    a, b, c = matrices(2, 3, 4, 1, 0.0)
    with pytest.raises(ValueError, match="do not fit together"):
        gemm(a, b, c, transpose_b=True)
    with pytest.raises(ValueError, match="float32"):
        gemm(a.astype(np.float64), b, c)
    with pytest.raises(ValueError, match="row-major"):
        gemm(np.asfortranarray(a), b, c)
    c.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        gemm(a, b, c)
