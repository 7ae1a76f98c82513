"""Patterns of an entry of stacked DRAM: what each may touch, and how often each comes."""

from __future__ import annotations

from collections import Counter

import pytest
from scipy import stats

from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode, Target, TargetKind
from sassafras.faults.models.law import RandomWords
from sassafras.faults.models.memory_entries import ENTRY_BITS, MemoryEntries, Pattern
from sassafras.faults.models.model_file import parse_model
from sassafras.faults.models.names import BUILT_IN

ENTRY = Target(TargetKind.MEMORY, 0, ENTRY_BITS)


def law(shares: str) -> MemoryEntries:
    return MemoryEntries(kind="memory-entries", shares=f"pattern,share\n{shares}\n")


def masks(of: MemoryEntries, count: int) -> list[int]:
    return [of.change(None, ENTRY, RandomWords(number, 7)).apply(0) for number in range(count)]


def bits(mask: int) -> list[int]:
    return [bit for bit in range(ENTRY_BITS) if mask >> bit & 1]


@pytest.mark.parametrize(
    ("pattern", "fewest", "most", "spread"),
    [
        (Pattern.BIT, 1, 1, lambda bit: bit),
        (Pattern.BITS_2_TO_3, 2, 3, lambda bit: 0),
        (Pattern.BYTE, 2, 8, lambda bit: bit // 8),
        (Pattern.PIN, 2, 4, lambda bit: bit % 64),
        (Pattern.BEAT, 2, 64, lambda bit: bit // 64),
        (Pattern.ENTRY, 2, 256, lambda bit: 0),
    ],
)
def test_a_pattern_is_what_it_says(pattern: Pattern, fewest: int, most: int, spread: object) -> None:
    found = masks(law(f"{pattern},1"), 400)
    assert all(fewest <= mask.bit_count() <= most for mask in found)
    assert callable(spread)
    assert all(len({spread(bit) for bit in bits(mask)}) == 1 for mask in found)
    touched = Counter(bit for mask in found for bit in bits(mask))
    assert len(touched) > 150  # no corner of an entry is spared
    if pattern is Pattern.BITS_2_TO_3:
        assert {mask.bit_count() for mask in found} == {2, 3}


def test_bits_of_an_entry_flip_with_probability_one_half() -> None:
    found = masks(law("entry,1"), 400)
    flips = sum(mask.bit_count() for mask in found)
    assert stats.binomtest(flips, 400 * ENTRY_BITS, 0.5).pvalue > 1e-3


@pytest.mark.slow
def test_published_shares_a_hundred_thousand_times() -> None:
    """By patterns that their bits tell apart: one bit; else a byte; a pin; the rest."""
    found = FaultModel("hbm2-entries").file.law
    assert isinstance(found, MemoryEntries)

    def kind(mask: int) -> str:
        places = bits(mask)
        if len(places) == 1:
            return "bit"
        if len({place // 8 for place in places}) == 1:
            return "byte"
        return "pin" if len({place % 64 for place in places}) == 1 else "rest"

    drawn = Counter(kind(mask) for mask in masks(found, 100_000))
    shares = {"bit": 0.7398, "byte": 0.2256, "pin": 0.0019, "rest": 0.0090 + 0.0223 + 0.0014}
    expected = [share / sum(shares.values()) * 100_000 for share in shares.values()]
    # A few of two bits anywhere lie in one byte, and a few of a beat: below 0.1 % of all.
    assert stats.chisquare([drawn[name] for name in shares], expected).pvalue > 1e-3


def test_it_is_of_memory_alone() -> None:
    model = FaultModel("hbm2-entries").file
    assert model.modes == (Mode.MEM,)
    assert model.law.takes(None, ENTRY)
    assert not model.law.takes(None, Target(TargetKind.REGISTER, 3, 32))


@pytest.mark.parametrize(
    ("shares", "said"),
    [("bits,1", "a row is a pattern"), ("bit,-1", "0 or more"), ("bit,0", "0 or more"), ("bit", "a row is")],
)
def test_a_damaged_table_is_one_line(shares: str, said: str) -> None:
    text = (BUILT_IN / "hbm2-entries.toml").read_text("utf-8")
    text = text.replace('"hbm2-entries.csv"', f'"pattern,share\\n{shares}\\n"')
    with pytest.raises(UsageError, match=said):
        parse_model(text, BUILT_IN, "mine.toml")
