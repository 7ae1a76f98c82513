"""Operand values: edges crossed with each other, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from tests.emulator.bench import BLOCK, INPUTS, PREDICATES, Cases, random_words

INTEGERS = (
    0, 1, 2, 0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFF, 0x10000, 0x10001, 0x8000,
    0xFFFF8000,
    0x7FFF8000, 0xFFFF0000, 0x12345678,
)  # fmt: skip
COUNTS = (0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 255, 256, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
FIELDS = tuple(
    position | length << 8
    for position in (0, 1, 15, 31, 32, 33, 255)
    for length in (0, 1, 16, 31, 32, 33, 255)
)
FLOATS = (
    0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x00000001, 0x80000001, 0x007FFFFF, 0x807FFFFF,
    0x00800000, 0x80800000,
    0x00800001, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7FFFFFFF, 0x7F800001, 0xFFC00000,
    0x7FC12345, 0x3F800001,
    0x33800000, 0x33800001, 0xB3800000, 0x3F7FFFFF, 0x4B800000, 0x4B7FFFFF, 0x1F800000, 0x20000000,
    0x9F800001, 0x5F800000,
    0x3FC00000, 0x40490FDB,
)  # fmt: skip
CONSTANTS = (0x80000000, 0x12348765, 0xFFFFFFFF, 0x00000003, 0x3FC00000, 0xBF000001, 0x00000001, 0x7F800000)
CARRIES = ((0, 0, 0), (1, 0, 0), (0x80000000, 0, 0), (0xFFFFFFFF, 1, 0), (0xFFFFFFFF, 2, 0), (0xFFFFFFFF,
    0xFFFFFFFF, 2),
           (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF), (0x80000000, 0x80000000, 0))  # fmt: skip


def cases(
    *edges: Sequence[int], extra: int = 640, key: int = 0, mutate: bool = False, limit: int = 1 << 20
) -> Cases:
    """R4, R5, ... run through the product of their edge values, then ``extra`` random cases follow
    (``mutate``: edge values with few bits changed instead of uniform words); the other inputs are random. The
    number of cases is rounded up to whole blocks.
    """
    table = np.array(list(product(*edges)), np.uint32)
    if len(table) > limit:
        chosen = np.random.Generator(np.random.Philox(key=key + 77)).permutation(len(table))[:limit]
        table = table[np.sort(chosen)]
    crossed = len(table)
    count = -(-(crossed + extra) // BLOCK) * BLOCK
    arrays: dict[str, NDArray[np.uint32]] = {}
    names = [*INPUTS, "R10", "R11", "R12"]
    for k, name in enumerate(names):
        values = random_words(1000 * key + k, count).copy()
        if k < len(edges):
            values[:crossed] = table[:, k]
            if mutate:
                picked = np.array(edges[k], np.uint32)[
                    random_words(1000 * key + 40 + k, count) % len(edges[k])
                ]
                noise = np.uint32(1) << (random_words(1000 * key + 60 + k, count) % np.uint32(40)).clip(0, 31)
                half = random_words(1000 * key + 80 + k, count) & 1 == 1
                values[crossed:] = np.where(half, picked ^ noise.astype(np.uint32), values)[crossed:]
        arrays[name] = values
    _carries(arrays, count, key)
    for k, name in enumerate(PREDICATES):
        arrays[name] = (random_words(1000 * key + 20 + k, count) & 1).astype(np.uint32)
    return Cases(arrays, CONSTANTS)


def _carries(arrays: dict[str, NDArray[np.uint32]], count: int, key: int) -> None:
    """Half of the cases get condition codes from a table, the rest from random additions."""
    chosen = random_words(1000 * key + 30, count) % np.uint32(2 * len(CARRIES))
    for k, triple in enumerate(CARRIES):
        for name, value in zip(("R10", "R11", "R12"), triple, strict=True):
            arrays[name][chosen == k] = value
