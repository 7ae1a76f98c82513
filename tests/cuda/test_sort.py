"""Sorts and scans of compiled kernels against NumPy: barriers and shared memory, no shuffles, no atomics."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.cuda.kernels import run


def draw(key: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key))


def integers(key: int, count: int, bound: int = 1 << 31) -> NDArray[np.int32]:
    return draw(key).integers(-bound, bound, count).astype(np.int32)


def test_bitonic() -> None:
    keys = integers(1, 512, 100)
    (got,) = run("sort/bitonic", 2, 256, keys)
    np.testing.assert_array_equal(got.reshape(2, 256), np.sort(keys.reshape(2, 256)))


@pytest.mark.slow
def test_bitonic_of_long_keys() -> None:
    """Words that are equal above and differ below, and the other way round, of either sign."""
    signed = draw(2).integers(-(2**63), 2**63 - 1, 128, np.int64)
    signed[::3] = signed[0] & ~0xFFFFFFFF | (signed[::3] & 0xFFFFFFFF)
    unsigned = draw(3).integers(0, 2**64 - 1, 128, np.uint64)
    unsigned[::4] = unsigned[::4] & np.uint64(0xF0000001FFFFFFFF)
    got = run("sort/bitonic64", 1, 128, signed, unsigned)
    np.testing.assert_array_equal(got[0], np.sort(signed))
    np.testing.assert_array_equal(got[1], np.sort(unsigned))


@pytest.mark.parametrize("n", [1, 2, 63, 64])
def test_transposition(n: int) -> None:
    keys = draw(4).standard_normal(n).astype(np.float32)
    (got,) = run("sort/transposition", 1, 64, keys, np.int32(n), shared=4 * n)
    np.testing.assert_array_equal(got, np.sort(keys))


def test_ranks() -> None:
    keys = draw(5).integers(0, 40, 150, dtype=np.uint32)
    keys[7] = 2**32 - 1
    _, got, ranks = run(
        "sort/ranks", 2, 96, keys, np.zeros_like(keys), np.zeros(150, np.int32), np.int32(150)
    )
    np.testing.assert_array_equal(got, np.sort(keys))
    np.testing.assert_array_equal(np.argsort(ranks), np.argsort(keys, kind="stable"))


@pytest.mark.parametrize(("n", "m"), [(100, 60), (1, 150), (80, 0)])
def test_merge(n: int, m: int) -> None:
    a, b = np.sort(integers(6, n, 30)), np.sort(integers(7, m, 30))
    out = np.zeros(n + m, np.int32)
    got = run("sort/merge", 2, 96, a, b, out, np.int32(n), np.int32(m))[2]
    np.testing.assert_array_equal(got, np.sort(np.concatenate([a, b])))


def test_inclusive_scan() -> None:
    values = integers(8, 512)
    got = run("sort/inclusive_scan", 2, 256, values, np.zeros_like(values))[1]
    np.testing.assert_array_equal(got.reshape(2, 256), np.cumsum(values.reshape(2, 256), 1, np.int32))


def test_exclusive_scan_of_long_values() -> None:
    values = draw(9).integers(-(2**62), 2**62, 256, np.int64)
    _, got, total = run("sort/exclusive_scan", 1, 128, values, np.zeros_like(values), np.zeros(1, np.int64))
    sums = np.cumsum(values)
    np.testing.assert_array_equal(got, np.concatenate([[0], sums[:-1]]))
    assert total[0] == sums[-1]


def test_segments() -> None:
    values, flags = integers(10, 30 * 17).reshape(30, 17), (draw(11).random((30, 17)) < 0.2).astype(np.uint8)
    size = (np.int32(30), np.int32(17))
    got = run("sort/segments", 1, 32, values, flags, np.zeros_like(values), *size)[2]
    wanted = values.copy()
    for c in range(1, 17):
        wanted[:, c] += np.where(flags[:, c], 0, wanted[:, c - 1]).astype(np.int32)
    np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("bound", [-200, 0, 60, 200])
def test_compact(bound: int) -> None:
    values = integers(12, 128, 100)
    _, got, count = run(
        "sort/compact", 1, 128, values, np.zeros_like(values), np.zeros(1, np.int32), np.int32(bound)
    )
    kept = values[values > bound]
    assert count[0] == len(kept)
    np.testing.assert_array_equal(got, np.pad(kept, (0, 128 - len(kept))))


def test_insertion() -> None:
    rows = draw(13).standard_normal((20, 24))
    rows[3], rows[4] = np.arange(24), -np.arange(24)
    rows[5, ::2] = 0.5
    (got,) = run("sort/insertion", 1, 32, rows, np.int32(20), np.int32(24))
    np.testing.assert_array_equal(got, np.sort(rows))
