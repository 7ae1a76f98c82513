"""C += A B on float32 matrices, every element one chain of fused multiply-adds strictly in the order of k.

That is what the gemm kernel (``cuda/gemm.cu``) computes, so the results agree bit for bit; and since every
element is its own chain, any part of C can be computed alone. Vectors run over columns and rows of C, never
over k. NaN results are 0x7fffffff (DESIGN section 4).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.entries import load
from sassafras.kernels.gemm_ir import GEMM_ARGUMENTS, ROW_ARGUMENTS, build_module, scratch_floats
from sassafras.kernels.gemm_tile import Shape, shape_for
from sassafras.native import host

Matrix = NDArray[np.float32]


PACKED_FLOATS = 1 << 20  #: how much of A is packed at a time
WORTH_A_THREAD = 1 << 22  #: multiply-adds below which a second thread costs more than it brings


def compiled(shape: Shape) -> dict[str, Callable[..., None]]:
    """The compiled functions for a register blocking (compiled once per machine)."""
    signatures = {
        "gemm_plain": GEMM_ARGUMENTS,
        "gemm_transposed": GEMM_ARGUMENTS,
        "gemm_row": ROW_ARGUMENTS,
    }
    name = f"exact_gemm_{shape.lanes}x{shape.rows}x{shape.vectors}"
    return load(name, lambda: build_module(shape), "gemm_ir", signatures, vectorize=False)


@cache
def _native() -> tuple[Shape, dict[str, Callable[..., None]]]:
    """The functions for this machine (loaded once per process)."""
    shape = shape_for(host())
    return shape, compiled(shape)


def _leading(matrix: Matrix, name: str) -> int:
    """Floats from one row to the next."""
    if matrix.dtype != np.float32 or matrix.ndim != 2:
        raise ValueError(
            f"{name} must be a two-dimensional float32 array, not {matrix.ndim}-d {matrix.dtype}"
        )
    row, column = matrix.strides
    if (
        (matrix.shape[1] > 1 and column != 4)
        or row % 4
        or (matrix.shape[0] > 1 and row < 4 * matrix.shape[1])
    ):
        raise ValueError(
            f"{name} must be row-major with neighbouring columns, not of strides {matrix.strides}"
        )
    return row // 4 if matrix.shape[0] > 1 else matrix.shape[1]


def _run(a: Matrix, b: Matrix, c: Matrix, transpose_b: bool) -> None:
    """One thread's part, with its own scratch."""
    (m, n), k = c.shape, a.shape[1]
    shape, functions = _native()
    lda, ldb, ldc = _leading(a, "A"), _leading(b, "B"), _leading(c, "C")
    if m == 1 and transpose_b:
        buffer = np.empty(shape.lanes, np.float32)
        functions["gemm_row"](n, k, a.ctypes.data, b.ctypes.data, ldb, c.ctypes.data, buffer.ctypes.data)
        return
    whole = -(-m // shape.rows) * shape.rows
    block = min(whole, max(shape.rows, PACKED_FLOATS // k // shape.rows * shape.rows))
    scratch = np.empty(scratch_floats(shape, block, k) + 16, np.float32)
    start = scratch.ctypes.data
    start += -start % 64
    function = functions["gemm_transposed" if transpose_b else "gemm_plain"]
    function(block, m, n, k, a.ctypes.data, lda, b.ctypes.data, ldb, c.ctypes.data, ldc, start)


def _part(
    a: Matrix, b: Matrix, c: Matrix, transpose_b: bool, index: int, count: int
) -> tuple[Matrix, Matrix, Matrix]:
    """Share ``index`` of ``count``: a range of columns, or of rows where there are more of those."""
    m, n = c.shape
    by_rows = m > n
    tile = _native()[0].rows if by_rows else _native()[0].columns
    tiles = -(-(m if by_rows else n) // tile)
    cut = slice(tiles * index // count * tile, tiles * (index + 1) // count * tile)
    if by_rows:
        return a[cut], b, c[cut]
    return a, b[cut] if transpose_b else b[:, cut], c[:, cut]


_threads: ContextVar[int] = ContextVar("threads", default=1)


@contextmanager
def using_threads(count: int) -> Iterator[None]:
    """Inside, ``gemm`` uses that many threads unless it is told otherwise."""
    token = _threads.set(count)
    try:
        yield
    finally:
        _threads.reset(token)


def gemm(a: Matrix, b: Matrix, c: Matrix, *, transpose_b: bool = False, threads: int | None = None) -> None:
    """C += A B in place, exactly: c = fma(a[i, k], b[k, j], c) for k = 0, 1, ... starting from the old C.

    ``a`` is m x k, ``b`` k x n (``transpose_b``: stored n x k, as the weights of a connected layer), ``c`` m
    x n; float32, row-major, rows may be further apart than their length (views). ``c`` must not overlap the
    others. With k = 0, C keeps its bits. ``threads`` (None: one, or what ``using_threads`` says) changes the
    time only. Raises ValueError for shapes that do not fit.
    """
    m, n = c.shape
    k = a.shape[1]
    if a.shape != (m, k) or b.shape != ((n, k) if transpose_b else (k, n)):
        raise ValueError(
            f"C {c.shape} += A {a.shape} x B {b.shape} (transpose_b={transpose_b}) do not fit together"
        )
    if not c.flags.writeable:
        raise ValueError("C is read-only")
    if m * n * k == 0:
        return
    for matrix, name in ((a, "A"), (b, "B"), (c, "C")):
        _leading(matrix, name)
    wanted = _threads.get() if threads is None else threads
    if wanted > 1 and m * n * k >= WORTH_A_THREAD:
        parts = [_part(a, b, c, transpose_b, i, wanted) for i in range(wanted)]
        parts = [p for p in parts if p[2].size]
    else:
        parts = [(a, b, c)]
    others = [threading.Thread(target=_run, args=(*part, transpose_b)) for part in parts[1:]]
    for thread in others:
        thread.start()
    _run(*parts[0], transpose_b)
    for thread in others:
        thread.join()
