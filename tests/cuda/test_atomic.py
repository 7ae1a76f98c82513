"""Atomic operations of compiled kernels against NumPy."""

from __future__ import annotations

import numpy as np
from tests.cuda.kernels import run


def test_histogram() -> None:
    values = np.random.Generator(np.random.Philox(1)).integers(0, 16, 300).astype(np.int32)
    start = np.arange(16, dtype=np.uint32)
    _, counts = run("atomic/histogram", 3, 128, values, start, np.int32(300))
    np.testing.assert_array_equal(counts, start + np.bincount(values, minlength=16).astype(np.uint32))
