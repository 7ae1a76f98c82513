"""Double precision of compiled kernels: to the bit against NumPy and exact fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.cuda.kernels import run
from tests.emulator.ieee import DOUBLE, SINGLE

Doubles = NDArray[np.float64]
EDGES = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 3.0, 1 / 3, np.pi, 4503599627370495.5, 2.0**52, 2.0**53 - 1,
     2.0**31, -(2.0**31), 2.0**32 - 0.5, 2.0**63, -(2.0**63), 2.0**64, 1e300, -1e300, 1.7976931348623157e308,
     2.0**-1022, 5e-324, -5e-324, 1e-310, 2.0**1000, 2.0**-1000, np.inf, -np.inf, np.nan]
)  # fmt: skip
MODES = ("RM", "RP", "RZ")


def numbers(key: int, count: int) -> Doubles:
    """Edges, then numbers of all exponents, then numbers near 1."""
    draw = np.random.Generator(np.random.Philox(key))
    bits = draw.integers(0, 1 << 64, count, dtype=np.uint64)
    near = draw.standard_normal(count)
    values = np.where(np.arange(count) % 2, bits.view(np.float64), near)
    values[: len(EDGES)] = EDGES
    return values


def same(got: Doubles, wanted: Doubles) -> None:
    """Bit for bit, all NaNs alike."""
    nan = np.isnan(wanted)
    np.testing.assert_array_equal(np.isnan(got), nan)
    np.testing.assert_array_equal(got[~nan].view(np.uint64), wanted[~nan].view(np.uint64))


def crossed(key: int, count: int) -> tuple[Doubles, Doubles]:
    """Two arrays whose edges meet each other."""
    a, b = numbers(key, count), numbers(key + 1, count)
    square = len(EDGES) ** 2
    a[:square], b[:square] = np.repeat(EDGES, len(EDGES)), np.tile(EDGES, len(EDGES))
    return a, b


def test_quotients_reciprocals_and_roots() -> None:
    n = 1408
    a, b = crossed(1, n)
    got = run("double/quotients", n // 128, 128, a, b, np.zeros(3 * n), np.int32(n))[2].reshape(3, n)
    with np.errstate(all="ignore"):
        for row, wanted in zip(got, (a / b, 1.0 / b, np.sqrt(a)), strict=True):
            same(row, wanted)


def bits_of(value: float) -> int:
    return int(np.float64(value).view(np.uint64))


def directed(function: Callable[..., int], mode: str, *values: Doubles) -> Doubles:
    rows = zip(*(v.tolist() for v in values), strict=True)
    return np.array([function(*map(bits_of, row), mode) for row in rows], np.uint64).view(np.float64)


def test_directed_sums_and_products() -> None:
    """Among the third addends are what nearly or just cancels the product, and what is far from it."""
    n = 1152
    a, b = crossed(3, n)
    with np.errstate(all="ignore"):
        c = np.where(np.arange(n) % 3 == 0, -(a * b), numbers(5, n))
        c = np.where(np.arange(n) % 6 == 0, np.nextafter(c, 0), c)
    args = (a, b, c, np.zeros(9 * n), np.int32(n))
    got = run("double/directed", n // 128, 128, *args)[3].reshape(9, n)
    for k, mode in enumerate(MODES):
        same(got[k], directed(DOUBLE.add, mode, a, b))
        same(got[3 + k], directed(DOUBLE.multiply, mode, a, b))
        same(got[6 + k], directed(DOUBLE.multiply_add, mode, a, b, c))


def quotient(x: int, y: int, mode: str) -> int:
    """x / y for finite numbers, y not 0."""
    above, below = DOUBLE.units(x), DOUBLE.units(y)
    sign = (x ^ y) & DOUBLE.sign
    if above == 0:
        return sign
    top = abs(above) << 2200
    found = top // abs(below) << 1 | int(top % abs(below) != 0)
    return DOUBLE.round(-found if sign else found, -2201, mode) or sign


def root(x: int, mode: str) -> int:
    """The root of a finite number that is not negative."""
    units = DOUBLE.units(x) << 2200
    found = isqrt(units)
    return DOUBLE.round(found << 1 | int(found * found != units), (-1074 - 2200) // 2 - 1, mode) or x


@pytest.mark.slow
def test_directed_quotients_and_roots() -> None:
    n = 1152
    a, b = crossed(7, n)
    finite = np.isfinite(a) & np.isfinite(b) & (b != 0)
    a, b = np.where(finite, a, 2.0), np.where(finite, b, 3.0)
    args = (a, b, np.zeros(6 * n), np.int32(n))
    got = run("double/directed_quotients", n // 128, 128, *args)[2].reshape(6, n)
    positive = a >= 0
    for k, mode in enumerate(MODES):
        same(got[k], directed(quotient, mode, a, b))
        same(got[3 + k][positive], directed(root, mode, a[positive]))
        assert np.isnan(got[3 + k][a < 0]).all()


def test_extremes_and_comparisons() -> None:
    n = 1152
    a, b = crossed(9, n)
    _, _, got, truths = run(
        "double/extremes", n // 128, 128, a, b, np.zeros(4 * n), np.zeros(2 * n, np.int32), np.int32(n)
    )
    low = np.where(np.signbit(a) & (a == b), a, np.where(np.signbit(b) & (a == b), b, np.fmin(a, b)))
    high = np.where(~np.signbit(a) & (a == b), a, np.where(~np.signbit(b) & (a == b), b, np.fmax(a, b)))
    wanted = (low, high, np.fmin(np.fmax(a, -1.5), 2.0), np.fmax(abs(a), abs(b)))
    for row, each in zip(got.reshape(4, n), wanted, strict=True):
        same(row, each)
    tests = (a < b, a <= b, a == b, a != b, ~(a > b), np.isnan(a))
    np.testing.assert_array_equal(truths[:n], sum(t.astype(int) << k for k, t in enumerate(tests)))
    np.testing.assert_array_equal(truths[n:], np.where(np.isinf(a), 7, np.where(a == 0, 5, 3)))


def test_integral_values() -> None:
    n = 512
    a = numbers(11, n)
    with np.errstate(over="ignore"):
        a[2::4] *= 100
    got = run("double/integral", n // 128, 128, a, np.zeros(5 * n), np.int32(n))[1].reshape(5, n)
    part = np.modf(abs(a))[0]
    away = np.copysign(np.floor(abs(a)) + (part >= 0.5), a)
    for row, wanted in zip(got, (np.rint(a), np.floor(a), np.ceil(a), np.trunc(a), away), strict=True):
        same(row, wanted)


def clamped(value: float, way: Callable[[Fraction], int], low: int, high: int, nan: int) -> int:
    """CUDA's conversion to an integer."""
    if np.isnan(value):
        return nan
    whole = (low if value < 0 else high) if np.isinf(value) else way(Fraction(value))
    return min(max(whole, low), high)


WAYS: dict[str, Callable[[Fraction], int]] = {
    "RN": round, "RM": lambda f: f.__floor__(), "RP": lambda f: f.__ceil__(), "RZ": int,
}  # fmt: skip
LONG, INT = 1 << 63, 1 << 31


def test_conversions() -> None:
    n = 512
    a = numbers(13, n)
    with np.errstate(over="ignore"):
        a[100:200] *= 1e12
    k = np.random.Generator(np.random.Philox(14)).integers(-LONG, LONG - 1, n, np.int64)
    k[:8] = [0, -1, 1, LONG - 1, -LONG, 2**53 + 1, -(2**53) - 1, 2**32]
    _, _, whole, wide, single = run(
        "double/conversions", n // 128, 128, a, k,
        np.zeros(6 * n, np.int64), np.zeros(8 * n), np.zeros(4 * n, np.float32), np.int32(n),
    )  # fmt: skip
    kinds = [*((way, -LONG, LONG - 1, -LONG) for way in ("RN", "RM", "RZ")),
             ("RP", 0, 2 * LONG - 1, LONG), ("RP", -INT, INT - 1, -INT),
             ("RM", 0, 2 * INT - 1, INT)]  # fmt: skip
    for line, (way, *limits) in zip(whole.reshape(6, n).tolist(), kinds, strict=True):
        wanted = [clamped(v, WAYS[way], *limits) for v in a.tolist()]
        assert [v % (1 << 64) for v in line] == [v % (1 << 64) for v in wanted]
    u = k.view(np.uint64)
    sources = [*[(k, m) for m in ("RN", "RM", "RP", "RZ")], (u, "RN"), (u, "RP")]
    sources += [(k.astype(np.int32), "RN"), (k.astype(np.uint16), "RN")]
    for row, (integers, mode) in zip(wide.reshape(8, n), sources, strict=True):
        same(row, np.array([DOUBLE.round(int(v), 0, mode) for v in integers], np.uint64).view(np.float64))
    for row, mode in zip(single.reshape(4, n), ("RN", "RM", "RP", "RZ"), strict=True):
        np.testing.assert_array_equal(row.view(np.uint32), [to_single(v, mode) for v in a.tolist()])


def to_single(value: float, mode: str) -> int:
    """Bits of a double as a float."""
    bits = bits_of(value)
    sign = bits >> 63 << 31
    if DOUBLE.is_nan(bits):
        return SINGLE.nan
    if DOUBLE.is_infinite(bits):
        return sign | SINGLE.infinity
    return SINGLE.round(DOUBLE.units(bits), DOUBLE.quantum, mode) | sign


def test_horner() -> None:
    x, c = numbers(15, 256)[len(EDGES) :: 2], np.array([0.1, -2.0, 3.5, 1e-3, -7.0, 0.25])
    n = len(x)
    got = run("double/horner", 1, 128, x, c, np.zeros(n), np.int32(n))[2]
    wanted = np.full(n, c[5])
    for k in (4, 3, 2, 1, 0):
        wanted = wanted * x + c[k]
    same(got, wanted)


def test_solve() -> None:
    """The same steps in NumPy, bit for bit; and that they solve the systems."""
    n = 32
    draw = np.random.Generator(np.random.Philox(16))
    a, b = draw.standard_normal((n, 4, 4)), draw.standard_normal((n, 4))
    a[::5, 0, 0] = 0
    _, got = run("double/solve", 1, 32, a, b, np.int32(n))
    m, v = a.copy(), b.copy()
    for t in range(n):
        for c in range(4):
            p = c + int(np.argmax(abs(m[t, c:, c])))
            m[t, [c, p]], v[t, [c, p]] = m[t, [p, c]], v[t, [p, c]]
            for r in range(c + 1, 4):
                f = m[t, r, c] / m[t, c, c]
                m[t, r, c:] -= f * m[t, c, c:]
                v[t, r] -= f * v[t, c]
        for r in (3, 2, 1, 0):
            for k in range(r + 1, 4):
                v[t, r] -= m[t, r, k] * v[t, k]
            v[t, r] /= m[t, r, r]
    same(got.ravel(), v.ravel())
    np.testing.assert_allclose(np.einsum("nij,nj->ni", a, got), b, atol=1e-9)


def test_mandelbrot() -> None:
    width, height, most = 24, 16, 60
    left, top, side = np.float64(-2.1), np.float64(1.2), np.float64(0.13)
    steps = np.zeros((height, width), np.int32)
    (got,) = run("double/mandelbrot", (3, 2, 1), (8, 8, 1), steps, left, top, side,
                 np.int32(width), np.int32(height), np.int32(most))  # fmt: skip
    cx, cy = np.meshgrid(left + np.arange(width) * side, top - np.arange(height) * side)
    x, y, wanted = np.zeros_like(cx), np.zeros_like(cx), np.zeros(cx.shape, int)
    inside = np.ones(cx.shape, bool)
    for _ in range(most):
        inside &= x * x + y * y <= 4.0
        wanted += inside
        x, y = np.where(inside, x * x - y * y + cx, x), np.where(inside, 2.0 * x * y + cy, y)
    np.testing.assert_array_equal(got, wanted)
    assert 0 < (got == most).sum() < got.size


@pytest.mark.parametrize("edges", [False, True])
def test_transcendental(edges: bool) -> None:
    """CUDA documents at most 2 ulp. At the edges: the values that IEEE recommends."""
    n = 128
    a = np.zeros(n)
    a[:] = np.linspace(0.01, 40, n) * np.where(np.arange(n) % 2, 1, -1)
    if edges:
        a[: len(EDGES)] = EDGES
    got = run("double/transcendental", 1, n, a, np.zeros(4 * n), np.int32(n))[1].reshape(4, n)
    with np.errstate(all="ignore"):
        for row, function in zip(got, (np.exp, np.log, np.tanh, np.cbrt), strict=True):
            wanted = function(a)
            near = np.isfinite(wanted) & (wanted != 0)
            np.testing.assert_array_equal(np.isnan(row), np.isnan(wanted))
            exact = ~near & ~np.isnan(wanted)
            same(row[exact], wanted[exact])
            assert (abs(row[near] - wanted[near]) <= 3 * np.spacing(abs(wanted[near]))).all()
