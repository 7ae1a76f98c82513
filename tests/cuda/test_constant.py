"""Constant banks and variables of compiled kernels against NumPy."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from tests.cuda.kernels import WAYS, arrays_of, launch_of, machine, placed, run

from sassafras.emulator.module_memory import module_request, variable


def dice(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def fma(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Exact for the few bits of these numbers."""
    return (x.astype(np.float64) * y.astype(np.float64) + z.astype(np.float64)).astype(np.float32)


@pytest.mark.long
@pytest.mark.parametrize("first", [0, 3, 7])
def test_polynomial(first: int) -> None:
    x = (dice(1).integers(-8, 8, 16) / 4).astype(np.float32)
    room = np.zeros(16, np.float32)
    _, fixed, chosen = run("constant/polynomial", 1, 16, x, room, room, np.int32(first))
    c = np.array([1, -0.5, 0.25, 2, 3, -4, 0.125, 8, -16, 0.0625, 1, 1], np.float32)
    np.testing.assert_array_equal(fixed, fma(fma(c[2:3], x, c[1:2]), x, c[:1]))
    total = np.full(16, 0.5, np.float32)
    for k in range(4):
        total = fma(total, x, c[first + k + (np.arange(16) & 1)])
    np.testing.assert_array_equal(chosen, total)


def test_fields_of_records() -> None:
    rows = np.array(
        [
            (1, -2, 3, -4, 5, 6.5),
            (255, -128, 65535, -32768, -1, -0.5),
            (128, 127, 32768, 32767, 1 << 30, 1e300),
            (0,) * 6,
            (17, -17, 1717, -1717, 171717, 1.75),
        ]
    )
    which = dice(2).integers(0, 5, 24).astype(np.int32)
    which[:5] = range(5)
    _, integers, reals = run(
        "constant/records", 1, 24, which, np.zeros(24, np.int64), np.zeros(24), kernel="fields"
    )
    units = np.array([1, 1000, 10**6, 10**12, 1])
    np.testing.assert_array_equal(integers, (rows[which, :5].astype(np.int64) * units).sum(axis=1))
    np.testing.assert_array_equal(reals, rows[which, 5])


def test_a_table_that_the_host_sets() -> None:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(0xEDB88320), table >> 1).astype(np.uint32)
    rows = dice(3).integers(0, 256, (20, 13)).astype(np.uint8)
    _, sums = run(
        "constant/checksum", 1, 20, rows, np.zeros(20, np.uint32), np.int32(13), variables={"table": table}
    )
    assert sums.tolist() == [zlib.crc32(row.tobytes()) for row in rows]


@pytest.mark.parametrize("way", WAYS)
def test_variables_live_from_launch_to_launch(way: str) -> None:
    values = np.array([3, 3, 5, 0, 3], np.int32)
    arguments = (values, np.zeros(9, np.int32))
    made, look = machine("constant/counters"), machine("constant/counters", "look")
    assert module_request(made.program) == module_request(look.program)
    memory = placed(made, arguments)
    seen = np.zeros(8, int)
    for calls in (5, 6, 7):
        WAYS[way](made, launch_of(made, memory, 1, 5, arguments), memory)
        out = arrays_of(memory, arguments)[1]
        assert out[:5].tolist() == [100 * calls + seen[v] for v in values]
        seen += np.bincount(values, minlength=8)
    WAYS[way](look, launch_of(look, memory, 1, 9, arguments[1:]), placed(look, arguments[1:]))
    assert variable(look.program, memory, "calls").view(np.int32)[0] == 8
    assert variable(look.program, memory, "seen").view(np.uint32).tolist() == seen.tolist()


@pytest.mark.parametrize("side", [0, 1])
def test_pointers_to_variables(side: int) -> None:
    (out,) = run("constant/pointers", 1, 8, np.zeros(8, np.float32), np.int32(side))
    t = np.arange(8)
    sides = np.array([[1, 2, 3, 4], [-1, -2, -3, -4]])
    np.testing.assert_array_equal(out, sides[(side + t) & 1, t & 3] * 10 - 3 + 1)


@pytest.mark.long
@pytest.mark.parametrize("n", [41, -6])
def test_a_switch_with_a_table(n: int) -> None:
    what = np.array([*range(8), 8, -1, 100, 3, 3], np.int32)
    _, out = run("constant/switches", 1, 13, what, np.zeros(13, np.int32), np.int32(n))
    cases = [n * 3, n ^ 7, int(n / 3), int(np.fmod(n, 5)), n << 3, n - 9, n * n, (n & 0xFFFFFFFF).bit_count()]
    assert out.tolist() == [cases[v] if 0 <= v < 8 else -1 for v in what]


@pytest.mark.long
def test_a_filter_that_the_host_sets() -> None:
    image = dice(4).integers(-4, 5, (9, 11)).astype(np.float32)
    weights = dice(5).integers(-3, 4, (5, 5)).astype(np.float32)
    for shift in (2, 1):
        set_ = {"weights": weights, "shift": np.array([shift], np.int32)}
        _, out = run(
            "constant/filter",
            9,
            11,
            image,
            np.zeros((9, 11), np.float32),
            np.int32(9),
            np.int32(11),
            variables=set_,
        )
        wide = np.zeros((9 + 8, 11 + 8), np.float32)
        wide[4:13, 4:15] = image
        begin = 4 - shift
        wanted = sum(
            weights[j, i] * wide[begin + j : begin + j + 9, begin + i : begin + i + 11]
            for j in range(5)
            for i in range(5)
        )
        np.testing.assert_array_equal(out, wanted)


def test_words() -> None:
    def hashed(text: bytes) -> int:
        h = 5381
        for byte in text:
            h = (h * 33 & 0xFFFFFFFF) ^ byte
        return h

    (out,) = run("constant/words", 1, 8, np.zeros(8, np.int32), np.int32(1))
    texts = [b"zero", b"one", b"two", b"three"] + [b"constant memory"[1 + t :] for t in range(4, 8)]
    assert (out.view(np.uint32)).tolist() == [hashed(text) for text in texts]


@pytest.mark.long
@pytest.mark.parametrize("k", [0, 5])
def test_doubles(k: int) -> None:
    x = dice(6).integers(-100, 100, 12).astype(np.float64) * 10
    _, y, z = run("constant/doubles", 1, 12, x, np.zeros(12), np.zeros(12, np.int64), np.int32(k))
    nodes, t = np.array([0.25, -1.5, 3.0, 1e-3, 1e10, -7.75]), np.arange(12)
    exact = x.astype(np.longdouble) * np.longdouble(0.1) + nodes[(t + k) % 6]
    np.testing.assert_array_equal(y, exact.astype(np.float64))
    np.testing.assert_array_equal(z, np.array([2**40, -(2**35), 12345678901234])[(t + k) % 3] + t)
