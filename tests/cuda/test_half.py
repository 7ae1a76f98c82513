"""Half precision of compiled kernels against NumPy's float16 and exact rounding. sm_50 has conversions only:
arithmetic is that of single precision in between.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.cuda.kernels import run
from tests.emulator.ieee import DOUBLE, HALF, SINGLE, Format

N = 512
ALL = np.arange(1 << 16, dtype=np.uint16)
EDGES = np.array(
    [0, 0x8000, 1, 0x8001, 0x3FF, 0x400, 0x3C00, 0xBC00, 0x3555, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00,
     0x7C01, 0x3801, 0x4248, 0x5BFF], np.uint16
)  # fmt: skip


def halves(key: int, *, numbers: bool = False) -> NDArray[np.uint16]:
    """Bits of halves: edges, then all kinds (or small numbers)."""
    draw = np.random.Generator(np.random.Philox(key))
    bits = draw.integers(0, 1 << 16, N).astype(np.uint16)
    bits[: len(EDGES)] = EDGES
    return draw.standard_normal(N).astype(np.float16).view(np.uint16) if numbers else bits


def floats(key: int) -> NDArray[np.float32]:
    """Floats around halves: on them, between them, half way, and beyond their range."""
    draw = np.random.Generator(np.random.Philox(key))
    near = single(halves(key)).view(np.uint32)
    moved = near + draw.choice(np.array([0, 1, 0x1000, 0xFFF, 0x1001], np.uint32), N)
    values = np.where(np.arange(N) % 8 == 7, draw.integers(0, 1 << 32, N, dtype=np.uint32), moved)
    found: NDArray[np.float32] = values.astype(np.uint32).view(np.float32)
    found[:6] = [65519.99, 65520.0, -65536.0, 2.0**-25, 2.0**-24 * 1.5, -(2.0**-26)]
    return found


def rounded(bits: int, form: Format, mode: str = "RN") -> int:
    """Bits of a float or double as a half."""
    sign = 0x8000 if bits & form.sign else 0
    if form.is_nan(bits):
        return HALF.nan
    if form.is_infinite(bits):
        return sign | HALF.infinity
    return HALF.round(form.units(bits), form.quantum, mode) | sign


def as_half(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Nearest, NaN canonical."""
    with np.errstate(over="ignore", invalid="ignore"):
        bits = values.astype(np.float16).view(np.uint16)
    return np.where(np.isnan(values), np.uint16(0x7FFF), bits)


def single(bits: NDArray[np.uint16]) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore"):
        return bits.view(np.float16).astype(np.float32)


def wider(values: NDArray[Any]) -> NDArray[np.float64]:
    """As doubles; a signalling NaN says nothing."""
    with np.errstate(invalid="ignore"):
        return values.astype(np.float64)


def out(rows: int = 1) -> NDArray[np.uint16]:
    return np.zeros(rows * N, np.uint16)


def test_narrowing() -> None:
    a = floats(1)
    got = run("half/narrowing", N // 128, 128, a, out(5), np.int32(N))[1].reshape(5, N).tolist()
    words = a.view(np.uint32).tolist()
    for row, mode in zip(got, ("RN", "RM", "RP", "RZ"), strict=False):
        assert row == [rounded(w, SINGLE, mode) for w in words]
    assert got[0] == as_half(a).tolist()
    assert got[4] == [HALF.saturate(rounded(w, SINGLE)) for w in words]


def test_widening() -> None:
    """All halves there are."""
    count = len(ALL)
    pairs = ALL.astype(np.uint32) | (ALL[::-1].astype(np.uint32) << 16)
    _, _, got = run(
        "half/widening", count // 256, 256, ALL, pairs, np.zeros(3 * count, np.float32), np.int32(count)
    )
    for row, bits in zip(got.reshape(3, count), (ALL, ALL, ALL[::-1]), strict=True):
        wanted = np.where(np.isnan(single(bits)), np.uint32(SINGLE.nan), single(bits).view(np.uint32))
        np.testing.assert_array_equal(row.view(np.uint32), wanted)


def test_axpy() -> None:
    a, x, y = halves(2, numbers=True)[3], halves(3), halves(4)
    got = run("half/axpy", N // 128, 128, a, x, y, np.int32(N))[1]
    with np.errstate(all="ignore"):
        wanted = single(np.array([a])) * single(x) + single(y)
    np.testing.assert_array_equal(got, as_half(wanted))


def test_rows_of_a_matrix() -> None:
    """Fused sums are exact in a double here: products of halves have 22 bits, and the sum is rounded once."""
    rows, columns = 16, 32
    m, v = halves(5, numbers=True).reshape(rows, columns), halves(6, numbers=True)[:columns]
    got = run("half/rows", 1, 32, m, v, np.zeros(rows, np.uint16), np.int32(rows), np.int32(columns))[2]
    total = np.zeros(rows, np.float32)
    for c in range(columns):
        product = single(m[:, c].copy()).astype(np.float64) * single(v)[c]
        total = (product + total.astype(np.float64)).astype(np.float32)
    np.testing.assert_array_equal(got, as_half(total))


def test_activations() -> None:
    x = halves(7)
    got = run("half/activations", N // 128, 128, x, out(3), np.int32(N))[1].reshape(3, N)
    f = single(x)
    relu = np.fmax(f, np.float32(0)) + np.float32(0)
    with np.errstate(invalid="ignore"):
        leaky = np.where(f > 0, f, np.float32(0.125) * f)
    for row, wanted in zip(got, (relu, np.fmin(relu, np.float32(6)), leaky), strict=True):
        np.testing.assert_array_equal(row, as_half(wanted))


def test_integers() -> None:
    h = halves(8)
    k = np.random.Generator(np.random.Philox(9)).integers(-(1 << 31), (1 << 31) - 1, N).astype(np.int32)
    k[::2] >>= 15
    k[:8] = [0, -1, 65504, 65519, 65520, -65536, 2049, -2051]
    _, _, whole, got = run(
        "half/integers", N // 128, 128, h, k, np.zeros(4 * N, np.int32), out(3), np.int32(N)
    )
    f = np.nan_to_num(wider(single(h)), nan=0.0, posinf=1e9, neginf=-1e9)
    limits = np.clip(np.trunc(f), -(2**31), 2**31 - 1)
    infinite = np.isinf(single(h))
    wanted = np.where(infinite, np.where(f > 0, 2**31 - 1, -(2**31)), limits)
    near = np.where(infinite, wanted, np.rint(f))
    low = np.where(infinite, np.where(f > 0, 2**32 - 1, 0), np.clip(np.floor(f), 0, 2**32 - 1))
    short = np.clip(np.trunc(f), -(2**15), 2**15 - 1)
    for row, each in zip(whole.reshape(4, N), (wanted, near, low, short), strict=True):
        np.testing.assert_array_equal(row.view(np.uint32), each.astype(np.int64).astype(np.uint32))
    sources: list[tuple[NDArray[Any], str]]
    sources = [(k, "RN"), (k.view(np.uint32), "RZ"), (k.astype(np.int16), "RN")]
    for line, (integers, mode) in zip(got.reshape(3, N).tolist(), sources, strict=True):
        assert line == [HALF.round(int(v), 0, mode) for v in integers]


def test_pairs_in_a_word() -> None:
    x, y = halves(10), halves(11)
    a, b = (v[: N // 2].astype(np.uint32) | v[N // 2 :].astype(np.uint32) << 16 for v in (x, y))
    n = N // 2
    got = run("half/pairs", n // 128, 128, a, b, np.zeros(2 * n, np.uint32), np.int32(n))[2].reshape(2, n)
    with np.errstate(all="ignore"):
        for row, each in zip(got, (single(x) + single(y), single(x) * single(y)), strict=True):
            wanted = as_half(each).astype(np.uint32)
            np.testing.assert_array_equal(row, wanted[:n] | wanted[n:] << 16)


def test_doubles() -> None:
    """One rounding, where two would give another half."""
    h = halves(12)
    a = wider(floats(13))
    a[::3] = np.nextafter(a[::3], 0)
    a[::5] *= 1 + 2.0**-40
    _, _, got, wide = run("half/doubles", N // 128, 128, a, h, out(), np.zeros(N), np.int32(N))
    assert got.tolist() == [rounded(w, DOUBLE) for w in a.view(np.uint64).tolist()]
    with np.errstate(all="ignore"):
        twice = as_half(a.astype(np.float32))
    assert (got != twice).any()
    np.testing.assert_array_equal(wide, wider(h.view(np.float16)))


def test_median() -> None:
    x = halves(14, numbers=True)
    got = run("half/median", N // 128, 128, x, out(), np.int32(N))[1]
    wanted = np.median(np.stack([single(x)[:-2], single(x)[1:-1], single(x)[2:]]), axis=0)
    np.testing.assert_array_equal(got[1:-1], as_half(wanted.astype(np.float32)))


def test_bfloat16() -> None:
    a = floats(15)
    _, got, back = run("half/bfloat16", N // 128, 128, a, out(), np.zeros(N, np.float32), np.int32(N))
    form = Format(16, 8, -133, 0x7FFF)
    for value, bits in zip(a.view(np.uint32).tolist(), got.tolist(), strict=True):
        if SINGLE.is_nan(value):
            wanted = 0x7FFF
        elif SINGLE.is_infinite(value):
            wanted = value >> 16
        else:
            wanted = form.round(SINGLE.units(value), SINGLE.quantum) | value >> 31 << 15
        assert bits == wanted
    np.testing.assert_array_equal(back.view(np.uint32), got.astype(np.uint32) << 16)
