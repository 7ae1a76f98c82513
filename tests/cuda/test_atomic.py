"""Atomic operations of compiled kernels against NumPy. Where the order of threads may show, only what every
order gives is compared.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.cuda.kernels import Array, run

BUCKETS = 8


def drawn(seed: int, count: int) -> tuple[Array, np.random.Generator]:
    dice = np.random.Generator(np.random.Philox(seed))
    return dice.integers(0, BUCKETS, count).astype(np.int32), dice


def test_histogram() -> None:
    values = np.random.Generator(np.random.Philox(1)).integers(0, 16, 300).astype(np.int32)
    start = np.arange(16, dtype=np.uint32)
    _, counts = run("atomic/histogram", 3, 128, values, start, np.int32(300))
    np.testing.assert_array_equal(counts, start + np.bincount(values, minlength=16).astype(np.uint32))


@pytest.mark.long
def test_extremes() -> None:
    bucket, dice = drawn(2, 250)
    value = dice.integers(-(2**31), 2**31, 250).astype(np.int32)
    start = [np.full(BUCKETS, fill, kind) for fill, kind in (
        (2**31 - 1, np.int32), (-(2**31), np.int32), (2**32 - 1, np.uint32), (0, np.uint32),
        (2**63 - 1, np.int64), (0, np.uint64),
    )]  # fmt: skip
    _, _, *found = run("atomic/extremes", 2, 128, bucket, value, *start, np.int32(250))
    for b in range(BUCKETS):
        own = value[bucket == b]
        unsigned = own.view(np.uint32)
        wide = own.astype(np.int64)
        wanted = (
            own.min(),
            own.max(),
            unsigned.min(),
            unsigned.max(),
            (wide << 20).min(),
            wide.view(np.uint64).max(),
        )
        assert [a[b] for a in found] == list(wanted)


def test_sums() -> None:
    """Multiples of a quarter: every order gives the same sum."""
    bucket, dice = drawn(3, 200)
    value = (dice.integers(0, 4000, 200) / 4).astype(np.float32)
    starts = (np.ones(BUCKETS, np.float32), np.full(BUCKETS, 2**40, np.uint64), np.full(BUCKETS, 0.5))
    _, _, floats, integers, doubles = run("atomic/sums", 2, 100, bucket, value, *starts, np.int32(200))
    total = np.bincount(bucket, value, BUCKETS)
    np.testing.assert_array_equal(floats, (1 + total).astype(np.float32))
    np.testing.assert_array_equal(integers, 2**40 + (total * 4).astype(np.uint64))
    np.testing.assert_array_equal(doubles, 0.5 + total)


def test_places() -> None:
    bucket, _ = drawn(4, 150)
    count, lines = np.zeros(BUCKETS, np.int32), np.full((BUCKETS, 64), -1, np.int32)
    _, count, lines = run("atomic/places", 3, 64, bucket, count, lines, np.int32(64), np.int32(150))
    np.testing.assert_array_equal(count, np.bincount(bucket, minlength=BUCKETS))
    for b in range(BUCKETS):
        assert sorted(lines[b][: count[b]]) == np.flatnonzero(bucket == b).tolist()
        assert (lines[b][count[b] :] == -1).all()


def test_shared_histogram() -> None:
    values = np.random.Generator(np.random.Philox(5)).integers(0, 1000, 300).astype(np.int32)
    start = np.zeros(32, np.uint32), np.zeros(4, np.uint32)
    _, counts, largest = run("atomic/shared_histogram", 3, 128, values, *start, np.int32(300))
    np.testing.assert_array_equal(counts, np.bincount(values & 31, minlength=32))
    np.testing.assert_array_equal(largest, [values[values & 3 == k].max() for k in range(4)])


@pytest.mark.long
def test_shared_sums() -> None:
    bucket, dice = drawn(6, 96)
    value = (dice.integers(1, 800, 96) / 8).astype(np.float32)
    start = np.full(BUCKETS, 0.125, np.float32), np.full(BUCKETS, 2**33, np.uint64), np.zeros(BUCKETS)
    _, _, floats, integers, largest = run("atomic/shared_sums", 1, 96, bucket, value, *start)
    total = np.bincount(bucket, value, BUCKETS)
    np.testing.assert_array_equal(floats, (0.125 + total).astype(np.float32))
    np.testing.assert_array_equal(integers, 2**33 + (total * 8).astype(np.uint64))
    np.testing.assert_array_equal(largest, [value[bucket == b].max() for b in range(BUCKETS)])


def test_turns() -> None:
    """Of a counter that wraps behind 5, thread k of its bucket gets 3 + k modulo 6; downwards 3 - k."""
    who, _ = drawn(7, 128)
    start = np.full(BUCKETS, 3, np.uint32)
    room = np.zeros(128, np.uint32)
    _, up, down, ups, downs = run("atomic/turns", 2, 64, who, start, start, room, room, np.uint32(5))
    for b in range(BUCKETS):
        k = np.arange((who == b).sum())
        assert sorted(ups[who == b]) == sorted((3 + k) % 6) and up[b] == (3 + len(k)) % 6
        assert sorted(downs[who == b]) == sorted((3 - k) % 6) and down[b] == (3 - len(k)) % 6


@pytest.mark.long
def test_bits() -> None:
    bucket, dice = drawn(8, 64)
    value = dice.integers(0, 2**32, 64, np.uint32)
    narrow = (
        np.full(BUCKETS, 2**32 - 1, np.uint32),
        np.zeros(BUCKETS, np.uint32),
        np.zeros(BUCKETS, np.uint32),
    )
    wide = [np.full(BUCKETS, fill, np.uint64) for fill in (2**64 - 1, 0, 0)]
    _, _, *found = run("atomic/bits", 2, 32, bucket, value, *narrow, *wide)
    twice = value.astype(np.uint64) * np.uint64(0x1_0000_0001)
    for b in range(BUCKETS):
        for own, results in ((value[bucket == b], found[:3]), (twice[bucket == b], found[3:])):
            for operation, result in zip(
                (np.bitwise_and, np.bitwise_or, np.bitwise_xor), results, strict=True
            ):
                assert result[b] == operation.reduce(own)


def test_lists() -> None:
    bucket, _ = drawn(9, 64)
    head, head64 = np.full(BUCKETS, -1, np.int32), np.full(BUCKETS, -1, np.int64)
    room, room64 = np.zeros(64, np.int32), np.zeros(64, np.int64)
    _, head, follows, head64, follows64 = run("atomic/lists", 2, 32, bucket, head, room, head64, room64)
    for b in range(BUCKETS):
        for first, behind, unit in ((head, follows, 1), (head64, follows64, 2**33)):
            at, chain = int(first[b]), []
            while at != -1:
                chain.append(at // unit)
                at = int(behind[at // unit])
            assert sorted(chain) == np.flatnonzero(bucket == b).tolist()


@pytest.mark.long
def test_locks() -> None:
    """The sum depends on the order: in the defined one, ascending (threads of a block, then blocks)."""
    bucket, dice = drawn(10, 64)
    value = dice.standard_normal(64).astype(np.float32)
    start = np.zeros(BUCKETS, np.int32), np.ones(BUCKETS, np.float32), np.zeros(BUCKETS, np.int32)
    _, _, lock, total, count = run("atomic/locks", 2, 32, bucket, value, *start)
    wanted = np.ones(BUCKETS, np.float32)
    for b, v in zip(bucket, value, strict=True):
        wanted[b] = np.float32(np.float64(wanted[b]) * 0.5 + np.float64(v))  # one rounding: FFMA
    np.testing.assert_array_equal(total, wanted)
    np.testing.assert_array_equal(count, np.bincount(bucket, minlength=BUCKETS))
    assert not lock.any()


@pytest.mark.long
def test_last_block() -> None:
    values = np.random.Generator(np.random.Philox(11)).integers(-1000, 1000, 700).astype(np.int32)
    start = np.zeros(4, np.int32), np.zeros(1, np.int32)
    _, partial, total = run("atomic/last_block", 4, 64, values, *start, np.int32(700))
    assert total[0] == values.sum() == partial.sum()
