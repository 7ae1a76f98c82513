"""How bits change, for every word that can be struck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.faults.launches import instruction

from sassafras.faults.model import Corruption, FaultModel, Operation, Target, TargetKind, pick
from sassafras.faults.models.law import RandomWords

WIDTHS = (1, 4, 8, 16, 32, 64)
WORD = st.integers(0, 2**64 - 1)
FLIPS = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT)
P_VALUE = 1e-4


def corruption(model: FaultModel, bits: int, bit_word: int, value_word: int) -> Corruption:
    """What a law that is a definition makes of two words."""
    target = Target(TargetKind.REGISTER, 0, bits)
    change = model.file.law.change(instruction("MOV R0, R1"), target, RandomWords(bit_word, value_word))
    assert isinstance(change, Corruption)
    return change


def words(count: int, seed: int) -> list[int]:
    generator = np.random.Generator(np.random.Philox(seed))
    return [int(w) for w in generator.integers(0, 2**64, count, dtype=np.uint64)]


@pytest.mark.parametrize("model", FLIPS)
@given(bits=st.sampled_from(WIDTHS), bit_word=WORD, value_word=WORD, data=st.data())
def test_flipping_twice_is_the_identity(
    model: FaultModel, bits: int, bit_word: int, value_word: int, data: st.DataObject
) -> None:
    word = data.draw(st.integers(0, 2**bits - 1))
    change = corruption(model, bits, bit_word, value_word)
    assert change.apply(word) != word
    assert change.apply(change.apply(word)) == word
    assert 0 <= change.apply(word) < 2**bits


@given(bits=st.sampled_from(WIDTHS), bit_word=WORD, value_word=WORD)
def test_single_flips_one_bit_and_double_two_neighbours(bits: int, bit_word: int, value_word: int) -> None:
    single = corruption(FaultModel.SINGLE_BIT, bits, bit_word, value_word)
    double = corruption(FaultModel.DOUBLE_BIT, bits, bit_word, value_word)
    assert single.operation is double.operation is Operation.FLIP
    assert single.bits == double.bits == bits
    assert single.value.bit_count() == 1
    assert double.value.bit_count() == min(2, bits)
    lowest = double.value & -double.value
    assert double.value in {lowest, lowest * 3}
    assert max(single.value, double.value) < 2**bits


@pytest.mark.parametrize("bits", WIDTHS)
def test_every_bit_is_reachable_the_last_ones_included(bits: int) -> None:
    """Bit 63 of an address must be flipped with 64-bit arithmetic."""
    firsts = [-(-(k << 64) // bits) for k in range(bits)]
    single = [corruption(FaultModel.SINGLE_BIT, bits, w, 0).value for w in firsts]
    assert single == [1 << k for k in range(bits)]
    assert corruption(FaultModel.SINGLE_BIT, bits, 2**64 - 1, 0).value == 1 << bits - 1
    assert corruption(FaultModel.SINGLE_BIT, bits, 0, 0).value == 1
    if bits > 1:
        doubles = {corruption(FaultModel.DOUBLE_BIT, bits, w, 0).value for w in words(4000, 1)}
        assert doubles == {3 << k for k in range(bits - 1)}


@pytest.mark.parametrize("bits", [pytest.param(n, marks=pytest.mark.long) for n in (8, 64)] + [32])
@pytest.mark.parametrize("model", FLIPS)
def test_flipped_bits_are_uniform(model: FaultModel, bits: int) -> None:
    places = [
        corruption(model, bits, word, 0).value.bit_length() - 1 - (model is FaultModel.DOUBLE_BIT)
        for word in words(20_000, bits)
    ]
    choices = bits - (model is FaultModel.DOUBLE_BIT)
    assert stats.chisquare(np.bincount(places, minlength=choices)).pvalue > P_VALUE


@pytest.mark.parametrize("bits", [pytest.param(n, marks=pytest.mark.long) for n in (1, 4, 8, 16)] + [32, 64])
def test_a_random_value_has_all_its_bits(bits: int) -> None:
    """Not a scaled float: then the low 8 of 32 bits would be zero in two draws of three."""
    values = [
        corruption(FaultModel.RANDOM_VALUE, bits, 0, word).apply(0) for word in words(40_000, 100 + bits)
    ]
    assert max(values) < 2**bits
    for bit in range(bits):
        ones = sum(value >> bit & 1 for value in values)
        assert stats.binomtest(ones, len(values)).pvalue > P_VALUE, bit
    for low in range(0, bits - 7, 8):
        counts = np.bincount([value >> low & 0xFF for value in values], minlength=256)
        assert stats.chisquare(counts).pvalue > P_VALUE
        assert 1 / 400 < counts[0] / len(values) < 1 / 150, "zero bytes come once in 256 draws"


@given(bits=st.sampled_from(WIDTHS), bit_word=WORD, value_word=WORD, data=st.data())
def test_set_values_do_not_depend_on_the_word(
    bits: int, bit_word: int, value_word: int, data: st.DataObject
) -> None:
    word = data.draw(st.integers(0, 2**bits - 1))
    assert corruption(FaultModel.ZERO_VALUE, bits, bit_word, value_word).apply(word) == 0
    drawn = corruption(FaultModel.RANDOM_VALUE, bits, bit_word, value_word)
    assert drawn.apply(word) == value_word >> 64 - bits


def test_a_bit_flip_is_a_flip_of_the_ieee_word() -> None:
    """Not of a fixed-point or rescaled number."""
    one = int(np.float32(1.0).view(np.uint32))

    def flipped(bit: int) -> float:
        word = Corruption(Operation.FLIP, 1 << bit, 32).apply(one)
        return float(np.uint32(word).view(np.float32))

    assert flipped(31) == -1.0
    assert flipped(30) == float("inf")
    assert flipped(29) == 2.0**-64
    assert flipped(23) == 0.5
    assert flipped(22) == 1.5
    assert flipped(0) == 1.0 + 2.0**-23


@given(word=WORD, count=st.integers(1, 300))
def test_pick_is_a_uniform_index(word: int, count: int) -> None:
    index = pick(word, count)
    assert 0 <= index < count
    # Index k gets the words from ceil(k * 2^64 / count) on: shares differ by one word at most.
    assert -(-(index << 64) // count) <= word < -(-(index + 1 << 64) // count)


@pytest.mark.parametrize("count", [2, 3, 12, 32, 255])
def test_pick_reaches_both_ends_and_nothing_beyond(count: int) -> None:
    assert pick(0, count) == 0
    assert pick(2**64 - 1, count) == count - 1
    assert stats.chisquare(np.bincount([pick(w, count) for w in words(30_000, count)])).pvalue > P_VALUE
