"""The code of ECC against its definition, by matrices over GF(2) that share nothing with it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.faults.secded import CHECK_BITS, COLUMNS, DATA_BITS, Seen, after_flips, check_bits, decode

WORDS = st.integers(0, 2**DATA_BITS - 1)
H = np.array([[column >> row & 1 for column in (*COLUMNS, *(1 << k for k in range(8)))] for row in range(8)])


def by_matrix(flipped: np.ndarray) -> tuple[Seen, np.ndarray]:
    """What Hsiao's rules say of an error vector of 72 bits, uint8: what is seen, and what is left of it."""
    syndrome = H @ flipped % 2
    if not syndrome.any():
        return Seen.CLEAN, flipped
    (same,) = np.nonzero((syndrome == H.T).all(axis=1))
    if len(same) == 0:
        return Seen.DETECTED, flipped
    left = flipped.copy()
    left[same[0]] ^= 1
    return Seen.CORRECTED, left


def test_the_columns_are_hsiao() -> None:
    """Different, of odd weight, as few ones as can be, and as many in every row."""
    assert len(COLUMNS) == len(set(COLUMNS)) == DATA_BITS
    assert sorted(column.bit_count() for column in COLUMNS) == [3] * 56 + [5] * 8
    assert {int(row[:DATA_BITS].sum()) for row in H} == {26}


def test_every_single_bit_is_corrected() -> None:
    for bit in range(DATA_BITS):
        assert after_flips(1 << bit) == (Seen.CORRECTED, 0)
    assert after_flips(0) == (Seen.CLEAN, 0)


def test_every_pair_of_bits_is_detected() -> None:
    """Of the 72 stored ones."""
    for pair in combinations(range(DATA_BITS + CHECK_BITS), 2):
        data = sum(1 << bit for bit in pair if bit < DATA_BITS)
        stored = sum(1 << bit - DATA_BITS for bit in pair if bit >= DATA_BITS)
        assert decode(data, stored) == (Seen.DETECTED, data)


@given(WORDS, st.sets(st.integers(0, DATA_BITS + CHECK_BITS - 1), max_size=12))
def test_what_slips_through_is_what_the_matrix_says(word: int, bits: set[int]) -> None:
    flipped = np.array([bit in bits for bit in range(72)], np.uint8)
    mask = sum(1 << bit for bit in bits if bit < DATA_BITS)
    stored = check_bits(word) ^ sum(1 << bit - DATA_BITS for bit in bits if bit >= DATA_BITS)
    seen, left = by_matrix(flipped)
    expected = sum(int(one) << bit for bit, one in enumerate(left[:DATA_BITS]))
    assert decode(word ^ mask, stored) == (seen, word ^ expected)
    if max(bits, default=0) < DATA_BITS:
        assert after_flips(mask) == (seen, expected)


def test_three_bits_may_look_like_one() -> None:
    """Of three wrong bits some are corrected wrongly: then four are wrong, and nobody knows."""
    seen = [after_flips(sum(1 << b for b in bits)) for bits in combinations(range(20), 3)]
    wrong = [found for found in seen if found.seen is Seen.CORRECTED and found.left]
    assert 0 < len(wrong) < len(seen)
    assert {found.left.bit_count() for found in wrong} <= {3, 4}
    assert {found.seen for found in seen} == {Seen.CORRECTED, Seen.DETECTED}


@pytest.mark.parametrize("word", [0, 1, 2**63, 2**64 - 1])
def test_a_word_with_its_check_bits_is_clean(word: int) -> None:
    assert decode(word, check_bits(word)) == (Seen.CLEAN, word)
