"""The words of many streams at once, against NumPy's own generator, stream by stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.faults.streams import bounded, first_words, multiply

WORD = st.integers(0, (1 << 64) - 1)
NUMBERS = st.lists(st.integers(0, (1 << 62) - 1), min_size=1, max_size=5)


@given(st.integers(0, (1 << 128) - 1), st.integers(0, (1 << 62) - 1), st.integers(0, 3), NUMBERS)
def test_the_words_are_those_of_numpy(key: int, second: int, third: int, numbers: list[int]) -> None:
    words = first_words(key, second, third, np.array(numbers, np.uint64))
    for place, number in enumerate(numbers):
        expected = np.random.Philox(key=key, counter=[0, second, third, number]).random_raw(4)
        assert [int(word[place]) for word in words] == expected.tolist()


@given(st.lists(WORD, min_size=1, max_size=5), WORD)
def test_products_are_whole(words: list[int], factor: int) -> None:
    high, low = multiply(np.array(words, np.uint64), factor)
    for place, word in enumerate(words):
        assert (int(high[place]) << 64 | int(low[place])) == word * factor


@pytest.mark.parametrize(
    "total",
    [1, 2, 3, 10, 1 << 31, 3 * 10**9, (1 << 32) - 1, 1 << 32, (1 << 32) + 1, 10**12 + 7, (1 << 62) + 1],
)
def test_bounded_numbers_are_those_of_numpy(total: int) -> None:
    numbers = np.arange(2000, dtype=np.uint64)
    words = first_words(9, 0, 1, numbers)
    values, fine = bounded(words[0], total)
    for place in np.flatnonzero(fine).tolist():
        generator = np.random.Generator(np.random.Philox(key=9, counter=[0, 0, 1, place]))
        assert int(generator.integers(0, total)) == int(values[place])
        rest = generator.integers(0, 2**64, 3, dtype=np.uint64).tolist()
        assert rest == [int(word[place]) for word in words[1:]]
    width = 32 if total <= 1 << 32 else 64
    expected = 0.0 if total == 1 else 1 - (2**width % total) / 2**width
    assert fine.mean() == pytest.approx(expected, abs=0.05)
