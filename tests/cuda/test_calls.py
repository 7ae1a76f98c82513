"""Functions that compiled kernels call, tables of jumps, recursion, clocks."""

from __future__ import annotations

from functools import cache

import numpy as np
from tests.cuda.kernels import run


def draw(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key))


def wrapped(value: int) -> int:
    """As a 32-bit integer."""
    return (value + 2**31) % 2**32 - 2**31


def test_function_pointers() -> None:
    n = 96
    which = draw(1).integers(0, 4, n).astype(np.int32)
    a, b = (draw(k).integers(-(2**31), 2**31, n).astype(np.int32) for k in (2, 3))
    got = run("calls/pointers", 2, 48, which, a, b, np.zeros(n, np.int32), np.int32(n))[3]
    functions = (lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: (x + y) * (x - y))
    rows = zip(which.tolist(), a.tolist(), b.tolist(), strict=True)
    assert got.tolist() == [wrapped(functions[f](x, y) + functions[f](y, x)) for f, x, y in rows]


def test_recursion() -> None:
    n = 9
    (got,) = run("calls/recursion", 1, 32, np.zeros(2 * n, np.int32), np.int32(n))
    ways = [1, 1]
    for _ in range(n):
        ways.append(ways[-1] + ways[-2])
    assert got[:n].tolist() == ways[:n]
    assert got[n:].tolist() == [2 * (k % 6) + 3 for k in range(n)]


def test_a_table_of_jumps() -> None:
    n = 128
    which = draw(4).integers(-2, 13, n).astype(np.int32)
    x = draw(5).integers(-(2**31), 2**31, n).astype(np.int32)
    got = run("calls/cases", 1, 128, which, x, np.zeros(n, np.int32), np.int32(n))[2]

    def case(w: int, v: int) -> int:
        quotient = int(abs(v) // 7) * (1 if v >= 0 else -1)
        rest = abs(v) % 11 * (1 if v >= 0 else -1)
        bits = v % 2**32
        table = (v + 17, v ^ 0x55, (v * 3 - 1) << 2, v << 2, -v, quotient, rest, bits.bit_count(),
                 32 - bits.bit_length(), min(v, 100), 1 if v > 0 else 2)  # fmt: skip
        return wrapped(table[w]) if 0 <= w < 11 else 0

    assert got.tolist() == [case(w, v) for w, v in zip(which.tolist(), x.tolist(), strict=True)]


def test_functions_from_a_loop_that_is_left() -> None:
    n, most = 100, 30
    (got,) = run("calls/functions", 1, 128, np.zeros(n, np.uint32), np.uint32(most), np.int32(n))

    @cache
    def steps(x: int) -> int:
        return 0 if x == 1 else 1 + steps(3 * x + 1 if x % 2 else x // 2)

    assert got.tolist() == [min(steps(k + 1), most) for k in range(n)]


def test_clocks_rise_and_places_exist() -> None:
    """Also the same in every build, which ``run`` compares."""
    n = 70
    times, places = run(
        "calls/clocks", 1, 96, np.zeros(2 * n, np.int64), np.zeros(2 * n, np.uint32), np.int32(n)
    )
    assert (times > 0).all() and (times < 100).all()
    assert places[:n].all() and places[n:].tolist() == [k // 32 for k in range(n)]
