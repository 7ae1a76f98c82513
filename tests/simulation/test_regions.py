"""Sets of bytes against Python's own sets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sassafras.simulation.regions import expand, inside, merged, overlap, without

INTERVALS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def members(intervals: object) -> set[int]:
    return {k for a, b in intervals for k in range(a, b)}  # type: ignore[attr-defined]


@given(INTERVALS)
def test_merged(intervals: list[tuple[int, int]]) -> None:
    found = merged(intervals)
    assert members(found) == members(intervals)
    assert all(a < b for a, b in found)
    assert all(b < c for (_, b), (c, _) in pairwise(found))


@given(INTERVALS, INTERVALS)
def test_without_and_overlap(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> None:
    first, second = merged(one), merged(two)
    assert members(without(first, second)) == members(first) - members(second)
    assert overlap(first, second) == bool(members(first) & members(second))


@given(INTERVALS, st.lists(st.integers(0, 45)))
def test_inside(intervals: list[tuple[int, int]], offsets: list[int]) -> None:
    found = inside(np.array(offsets, np.int64), intervals)
    assert found.tolist() == [offset in members(intervals) for offset in offsets]


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from([1, 2, 4, 8, 16]))))
def test_expand(accesses: list[tuple[int, int]]) -> None:
    offsets = np.array([a for a, _ in accesses], np.int64)
    sizes = np.array([n for _, n in accesses], np.uint8)
    assert expand(offsets, sizes).tolist() == sorted({a + k for a, n in accesses for k in range(n)})
