"""Sets of bytes of the arena, as short lists of half-open intervals of byte offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def merged(intervals: Iterable[Interval]) -> Intervals:
    """The same bytes, sorted and without overlaps."""
    result: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def without(intervals: Sequence[Interval], removed: Sequence[Interval]) -> Intervals:
    """The bytes of the first that are not in the second."""
    left = list(intervals)
    for low, high in removed:
        pieces = [piece for a, b in left for piece in ((a, min(b, low)), (max(a, high), b))]
        left = [piece for piece in pieces if piece[0] < piece[1]]
    return merged(left)


def overlap(one: Sequence[Interval], two: Sequence[Interval]) -> bool:
    """Whether the two have a byte in common."""
    return any(a < d and c < b for a, b in one for c, d in two)


def inside(offsets: NDArray[np.int64], intervals: Sequence[Interval]) -> NDArray[np.bool_]:
    """Which byte offsets lie in the intervals."""
    result = np.zeros(offsets.shape, bool)
    for start, end in intervals:
        result |= (offsets >= start) & (offsets < end)
    return result


def expand(offsets: NDArray[np.int64], sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    """Every byte offset of accesses that start at ``offsets`` and are ``sizes`` bytes long; sorted, without
    repeats.
    """
    if len(offsets) == 0:
        return np.empty(0, np.int64)
    widest = int(sizes.max())
    lanes = np.arange(widest, dtype=np.int64)
    starts = np.sort(offsets)
    if int(sizes.min()) == widest and (np.diff(starts) >= widest).all():  # nearly always
        return (starts[:, None] + lanes).reshape(-1)
    every = offsets[:, None] + lanes
    return distinct(every[lanes < sizes[:, None]])


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """All of them, sorted, without repeats. (`numpy.unique` hashes integers, which takes four times as long
    for some hundreds.)
    """
    found = np.sort(numbers, axis=None)
    return found[np.concatenate([[True], found[1:] != found[:-1]])] if len(found) else found


def among(numbers: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers are in ``known``, which is sorted."""
    if len(known) == 0:
        return np.zeros(numbers.shape, bool)
    found: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers
    return found
