"""Many streams of the counter-based generator at once: for each fault the words that NumPy's Philox gives it.

A stream is Philox-4x64-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, SC 2011)
with a key and a counter of its own; `numpy.random.Philox` adds one to the counter before each block.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_ROUNDS = 10
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_KEY_STEPS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_WORD = (1 << 64) - 1
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


def first_words(key: int, second: int, third: int, last: Words) -> tuple[Words, Words, Words, Words]:
    """The first four words of the streams with counters (0, second, third, last), each uint64 (streams,).

    ``key``: 0 or more, below 2**128; the others 0 or more, below 2**64.
    """
    ones = np.ones_like(last)
    counter = (ones, ones * np.uint64(second), ones * np.uint64(third), last)  # 1: as NumPy counts
    keys = [key & _WORD, key >> 64]
    for _ in range(_ROUNDS):
        high0, low0 = multiply(counter[0], _MULTIPLIERS[0])
        high1, low1 = multiply(counter[2], _MULTIPLIERS[1])
        counter = (
            high1 ^ counter[1] ^ np.uint64(keys[0]),
            low1,
            high0 ^ counter[3] ^ np.uint64(keys[1]),
            low0,
        )
        keys = [(key + step) & _WORD for key, step in zip(keys, _KEY_STEPS, strict=True)]
    return counter


def multiply(words: Words, factor: int) -> tuple[Words, Words]:
    """High and low words of 128-bit products."""
    a, b = words >> _HALF, words & _LOW
    c, d = np.uint64(factor >> 32), np.uint64(factor & 0xFFFFFFFF)
    low = b * d
    middle = a * d + (low >> _HALF)  # at most 2**64 - 2**32
    other = b * c + (middle & _LOW)
    return a * c + (middle >> _HALF) + (other >> _HALF), (other << _HALF) | (low & _LOW)


def bounded(words: Words, total: int) -> tuple[Words, NDArray[np.bool_]]:
    """What ``numpy.random.Generator.integers(0, total)`` makes of the first word of a stream, and where it
    takes that word and no other: elsewhere it goes on to the next (Lemire: Fast random integer generation in
    an interval, ACM Transactions on Modeling and Computer Simulation 29, 2019), or with ``total`` 1 takes
    none.

    ``total``: 1 or more, below 2**63. Up to 2**32 NumPy looks at the lower half of the word only.
    """
    if total == 1:
        return np.zeros_like(words), np.zeros(words.shape, np.bool_)
    if total < 1 << 32:
        product = (words & _LOW) * np.uint64(total)
        return product >> _HALF, (product & _LOW) >= np.uint64((1 << 32) % total)
    if total == 1 << 32:
        return words & _LOW, np.ones(words.shape, np.bool_)
    high, low = multiply(words, total)
    return high, low >= np.uint64((1 << 64) % total)
