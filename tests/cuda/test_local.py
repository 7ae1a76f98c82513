"""Local memory of compiled kernels (arrays indexed at run time, spills, stacks) against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from tests.cuda.kernels import machine, run

from sassafras.emulator.windows import local_bytes


def dice(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.long
def test_bytes() -> None:
    where, n = dice(1).integers(0, 1000, 48).astype(np.int32), 37
    _, out = run("local/bytes", 2, 24, where, np.zeros(48, np.int32), np.int32(n))
    for t, w in enumerate(where.tolist()):
        b = (np.arange(40) * n).astype(np.int8).astype(np.int64)
        s = (np.arange(20) * n - 7).astype(np.uint16).astype(np.int64)
        q = np.arange(8) * n << 20
        b[w % 40], s[w % 20] = 77, n
        q[w & 7] -= t
        assert out[t] == b[t % 40] + s[t % 20] + (q[n & 7] >> 18) + b[n % 40]


@pytest.mark.long
def test_sorted() -> None:
    values = dice(2).standard_normal((40, 16)).astype(np.float32)
    rank = dice(3).integers(0, 16, 40).astype(np.int32)
    _, picked, _ = run("local/sorted", 2, 32, values, np.zeros(64, np.float32), rank, np.int32(40))
    np.testing.assert_array_equal(picked[:40], np.sort(values, axis=1)[np.arange(40), rank])
    assert not picked[40:].any()


@pytest.mark.long
def test_spills() -> None:
    """Fused multiply and add, in the order of the source: doubles of few bits, so that nothing is rounded."""
    x = dice(4).integers(-2, 3, (64, 16)) / 2.0
    (out,) = run("local/spills", 2, 32, x, np.int32(2))
    a = x.copy()
    for _ in range(2):
        for i in range(16):
            a[:, i] = a[:, i] * 0.5 + a[:, (i + 7) % 16] * a[:, (i + 1) % 16]
    np.testing.assert_array_equal(out, a)
    assert any(i.opcode == "STL" for i in machine("local/spills").program.instructions)


@pytest.mark.long
def test_elimination() -> None:
    systems = dice(5).standard_normal((32, 6, 7)).astype(np.float32)
    systems[0, :, 0] = 0, 0, 0, 0, 0, 3  # the pivot is the last row
    _, solutions = run("local/elimination", 1, 32, systems, np.zeros((32, 6), np.float32))
    wanted = np.linalg.solve(systems[:, :, :6].astype(np.float64), systems[:, :, 6:].astype(np.float64))
    np.testing.assert_allclose(solutions, wanted[:, :, 0], rtol=2e-3, atol=2e-3)
    np.testing.assert_array_equal(solutions, _eliminated(systems))


def _eliminated(systems: np.ndarray) -> np.ndarray:
    """The same steps, each rounded."""
    solutions = np.zeros((len(systems), 6), np.float32)
    for t, system in enumerate(systems):
        a = system.copy()
        for c in range(6):
            p = c + int(np.argmax(np.abs(a[c:, c])))
            a[[p, c]] = a[[c, p]]
            for r in range(6):
                if r != c:
                    a[r, c:] = a[r, c:] - a[r, c] / a[c, c] * a[c, c:]
        solutions[t] = a[:, 6] / np.diag(a)
    return solutions


@pytest.mark.long
def test_subsequence() -> None:
    one, other = dice(6).integers(0, 4, (2, 16, 32)).astype(np.int8)
    _, _, length = run("local/subsequence", 2, 8, one, other, np.zeros(16, np.int32))
    for a, b, found in zip(one, other, length, strict=True):
        row = [0] * 33
        for x in a:
            before = list(row)
            for j in range(32):
                row[j + 1] = before[j] + 1 if x == b[j] else max(before[j + 1], row[j])
        assert found == row[32]


@pytest.mark.parametrize("n", [1, 7, 12])
def test_callee(n: int) -> None:
    """A function gets a pointer to the caller's stack, and has a frame of its own."""
    (out,) = run("local/callee", 2, 20, np.zeros(40, np.int32), np.int32(n))
    for t in range(40):
        seed, values = t, []
        for _ in range(n):
            seed = seed * 1103515245 + 12345 & 0xFFFFFFFF
            values.append(seed)
        own = [t * (i + 1) for i in range(8)]
        for v in values:
            own[v & 7] = own[v & 7] + v & 0xFFFFFFFF
        assert int(out[t]) & 0xFFFFFFFF == (own[t & 7] ^ own[n & 7]) + values[t % n] & 0xFFFFFFFF


def test_recursion() -> None:
    (out,) = run("local/recursion", 1, 14, np.zeros(14, np.int32))
    assert out.tolist() == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233]


@pytest.mark.long
def test_queue() -> None:
    """Steps of a knight on a board of 5 x 5 from each square to the corner."""
    (steps,) = run("local/queue", 1, 32, np.full(32, -1, np.int32), np.int32(5))
    distance = {0: 0}
    waiting = [0]
    for at in waiting:
        for dx, dy in ((1, 2), (2, 1), (-1, 2), (-2, 1), (1, -2), (2, -1), (-1, -2), (-2, -1)):
            x, y = at % 5 + dx, at // 5 + dy
            if 0 <= x < 5 and 0 <= y < 5 and y * 5 + x not in distance:
                distance[y * 5 + x] = distance[at] + 1
                waiting.append(y * 5 + x)
    assert steps[:25].tolist() == [distance[k] for k in range(25)]
    assert (steps[25:] == -1).all()


@pytest.mark.long
def test_vectors() -> None:
    given = dice(7).integers(-8, 8, (20, 8, 4)).astype(np.float32)
    pick = dice(8).integers(0, 100, 20).astype(np.int32)
    _, _, out, sums = run("local/vectors", 1, 20, given, pick, np.zeros((20, 4), np.float32), np.zeros(20))
    for t, p in enumerate(pick.tolist()):
        v = given[t].copy()
        keys, values = [p * (i - 2) for i in range(5)], [float(v[i, 0]) * 0.25 for i in range(5)]
        v[p & 7, 1] += 1
        values[p % 5] *= keys[(p + 1) % 5]
        np.testing.assert_array_equal(out[t], v[(p + t) & 7])
        assert sums[t] == sum(values) + sum(keys)


def test_the_cubin_says_how_much_the_stack_needs() -> None:
    assert machine("local/spills").program.stack_bytes > 0
    assert machine("local/bytes").program.stack_bytes == 144
    assert local_bytes(machine("local/bytes").program) == 1024
    assert machine("atomic/histogram").program.stack_bytes == 0
    assert local_bytes(machine("atomic/histogram").program) == 0
