"""The rectangle of what differs, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.kernels.changed_box import changed_box


@given(
    channels=st.integers(1, 4), height=st.integers(1, 9), width=st.integers(1, 40),
    gap=st.integers(0, 3), data=st.data(),
)  # fmt: skip
def test_the_box_holds_every_change_and_no_more(
    channels: int, height: int, width: int, gap: int, data: st.DataObject
) -> None:
    numbers = np.arange(channels * (height + gap) * (width + gap), dtype=np.uint32)
    expected = numbers.reshape(channels, height + gap, width + gap)[:, gap:, gap:]
    values = expected.copy()
    places = st.tuples(*(st.integers(0, n - 1) for n in values.shape))
    struck = data.draw(st.sets(places, max_size=6))
    for place in struck:
        values[place] ^= 1 << data.draw(st.integers(0, 31))
    found = changed_box(values.view(np.float32), expected.view(np.float32))
    assert found[0] == len(struck)
    if struck:
        _, ys, xs = zip(*struck, strict=True)
        assert found[1:] == (min(ys), max(ys) + 1, min(xs), max(xs) + 1)


def test_bits_are_compared_not_numbers() -> None:
    zeros, other = np.zeros((1, 2, 2), np.float32), np.zeros((1, 2, 2), np.float32)
    other[0, 1, 0] = -0.0
    assert changed_box(zeros, other) == (1, 1, 2, 0, 1)
    nan = np.full((1, 1, 1), np.nan, np.float32)
    assert changed_box(nan, nan.copy())[0] == 0


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        changed_box(np.zeros((1, 2, 2), np.float32), np.zeros((1, 2, 3), np.float32))
    with pytest.raises(ValueError, match="neighbours"):
        changed_box(np.zeros((1, 2, 4), np.float32)[..., ::2], np.zeros((1, 2, 2), np.float32))
    assert changed_box(np.zeros((1, 0, 2), np.float32), np.zeros((1, 0, 2), np.float32))[0] == 0
