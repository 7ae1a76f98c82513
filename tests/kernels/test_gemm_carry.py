"""How many states go through one product."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.kernels.gemm_carry import _batches


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([3], [(0, 1)]),
        ([11], [(0, 1)]),  # larger than a batch may be: alone
        ([4, 6, 1], [(0, 2), (2, 3)]),  # exactly as many as there may be
        ([4, 7, 3], [(0, 1), (1, 3)]),
        ([1, 11, 1], [(0, 1), (1, 2), (2, 3)]),
        ([11, 11], [(0, 1), (1, 2)]),
    ],
)
def test_batches_by_hand(sizes: list[int], expected: list[tuple[int, int]]) -> None:
    assert _batches(sizes, 10) == expected


@given(st.lists(st.integers(1, 15), max_size=20))
def test_batches_are_as_large_as_they_may_be(sizes: list[int]) -> None:
    found = _batches(sizes, 10)
    assert [k for start, end in found for k in range(start, end)] == list(range(len(sizes)))
    for start, end in found:
        assert sum(sizes[start:end]) <= 10 or end == start + 1
        assert end == len(sizes) or sum(sizes[start : end + 1]) > 10
