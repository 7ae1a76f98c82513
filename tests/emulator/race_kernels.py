"""Launches of the kernels of warps/races.cu, and what the watch says of them."""

from __future__ import annotations

import numpy as np
from tests.emulator.warp_kernels import WarpCase, random

X = random(21, 128, 1, 1000)
_T = np.arange(64)


def _last_block() -> tuple[np.ndarray, np.ndarray]:
    sums = X[:64].reshape(4, 16).sum(axis=1)
    return np.array([sums.sum(), *sums], np.int32), np.array([0x07070707 + 4], np.uint32)


def _counts() -> np.ndarray:
    return (np.bincount(X & 3, minlength=4) + 0x07070707).astype(np.int32)


RIGHT = {
    "in_time": WarpCase("in_time", 1, 64, (X[:64],), (X[_T ^ 32] + 1,)),
    "counts": WarpCase("counts", 2, 64, (X,), (_counts(),)),
    "bytes": WarpCase(
        "bytes", 2, 32, (X[:16].view(np.uint8),), ((X[:16].view(np.uint8) + 1).astype(np.uint8),)
    ),
}
WARNED = {
    "any_found": (
        WarpCase("any_found", 2, 64, (X,), (np.array([1], np.int32),)),
        r'^any_found: thread 63 of block 0 at 0x[0-9a-f]{4}, "STG.*", and thread 31 .* the same value$',
    ),
    "unwritten": (
        WarpCase("unwritten", 1, 64, (X[:64],), (np.where(_T < 40, X[:64], 0).astype(np.int32),)),
        r'^unwritten: thread 40 of block 0 at 0x[0-9a-f]{4}, "LDS.*", reads .* that nobody has written$',
    ),
}
REFUSED = {
    "both_store": (
        1,
        64,
        r"thread 31 of block 0 .*STS.* thread 63 of block 0 .*STS.*byte 0x0 of shared memory",
    ),
    "no_barrier": (
        1,
        64,
        r"thread 0 of block 0 .*STS.* thread 32 of block 0 .*LDS.*byte 0x0 of shared memory",
    ),
    "too_early": (
        1,
        64,
        r"thread 0 of block 0 .*STS.* thread 32 of block 0 .*LDS.*byte 0x0 of shared memory",
    ),
    "through_global": (1, 64, r"thread 0 of block 0 .*STG.* thread 32 of block 0 .*LDG.*byte 0x0 of a1"),
    "blocks_store": (2, 64, r"thread 0 of block 0 .*STG.* thread 0 of block 1 .*STG.*byte 0x0 of a1"),
    "blocks_read": (2, 32, r"thread 0 of block 0 .*STG.* thread 0 of block 1 .*LDG.*byte 0x80 of a1"),
    "third_block": (3, 32, r"thread 0 of block 0 .*STG.* thread 0 of block 2 .*LDG.*byte 0x4 of a1"),
}
