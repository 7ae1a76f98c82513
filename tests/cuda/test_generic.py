"""Pointers of compiled kernels that may mean shared, local, constant or global memory, against NumPy. (For
CUDA an address of constant memory is not one of global memory.)
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.cuda.kernels import run

T = np.arange(32)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_one_function_for_all_kinds_of_memory(which: int) -> None:
    data = np.arange(32, dtype=np.float32) * 7
    data, out = run("generic/pick", 1, 32, data, np.zeros(32, np.float32), np.int32(which))
    shared, local, device = T + 0.25, 100 * T + T, 7.0 * T
    found = ((31 - T) + 0.25, 100 * T + 31 - T, 7.0 * (31 - T))[which]
    (shared, local, device)[which][:] = found + 1
    np.testing.assert_array_equal(out, shared * 3 + local + device)
    np.testing.assert_array_equal(data, device)


@pytest.mark.parametrize("device", [0, 1])
def test_atomic_operations(device: int) -> None:
    """In the defined order: threads in turn."""
    data = np.arange(128, dtype=np.int32)
    data[96:] = np.arange(32, dtype=np.float32).view(np.int32)
    after, out = run("generic/atomics", 1, 32, data, np.zeros(160, np.int32), np.int32(device))
    words = data.copy()
    wide, real = words[64:80].view(np.int64), words[96:].view(np.float32)
    found = np.zeros(32, np.int64)
    for t in range(32):
        found[t], words[t % 4] = words[t % 4], words[t % 4] + t + 1
        found[t], words[32 + t] = found[t] ^ words[32 + t], found[t]
        old, wide[t % 8] = wide[t % 8], t << 32 | 5
        found[t] ^= old & 0xFFFFFFFF
        found[t] ^= int(real[t : t + 1].view(np.int32)[0])
        real[t] += 0.5
    assert (out[:32] == found).all()
    np.testing.assert_array_equal(out[32:], data if device else words)
    np.testing.assert_array_equal(after, words if device else data)


@pytest.mark.long
def test_a_table_of_pointers() -> None:
    data = np.arange(64, dtype=np.int32) * 0x01010101
    where = (T * 3 % 10).astype(np.int32)
    after, _, out = run("generic/tables", 1, 32, data, where, np.zeros(128, np.int32), shared=128)
    written = data.copy()
    for t in range(32):
        local = 1000 * t + np.arange(8, dtype=np.int32)
        shared = np.concatenate([10 * T, -T]).astype(np.int32)
        dynamic = (7 * T).astype(np.int32)
        constant = np.arange(8, 0, -1, dtype=np.int32)
        kind, at = where[t] % 5, t & 3
        place = [local, shared, data, dynamic, constant][kind][at:]
        assert out[t] == int(place[0]) + int(place.view(np.int16)[2]) + int(place.view(np.uint8)[t & 3])
        assert out[96 + t] == [4, 1, 2, 1, 0][kind]
        target = [local, shared[32 + t :], written[32 + t :]][min(kind, 2)]
        target[:1].view(np.int8)[1] = np.int8(t)
        assert out[64 + t] == int(local[0]) + int(shared[32 + t])
    np.testing.assert_array_equal(after, written)


@pytest.mark.long
def test_lists_through_all_kinds_of_memory() -> None:
    nodes = np.zeros(32, np.dtype([("next", "<u8"), ("value", "<i4"), ("pad", "<i4")]))
    _, out = run("generic/lists", 1, 32, nodes, np.zeros(64, np.int32))
    first = ((3 * T * 3 + T) * 3 + 2 * T) * 3 + 4 * T
    tail = np.where(T & 1, -1, 4 * T)
    np.testing.assert_array_equal(out[:32], first)
    np.testing.assert_array_equal(out[32:], (T * 3 + 2 * T) * 3 + tail)
