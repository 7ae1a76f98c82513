"""How an entry of stacked DRAM goes wrong: 32 bytes, read in four beats over 64 pins."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import model_validator

from sassafras.faults.model import Change, Corruption, Operation, Target, TargetKind
from sassafras.faults.models.law import Law, RandomWords
from sassafras.faults.models.stream import Stream
from sassafras.isa.program import Instruction

ENTRY_BITS, BEAT_BITS, BYTE_BITS = 256, 64, 8


class Pattern(StrEnum):
    """Which bits of an entry may be wrong."""

    BIT = "bit"
    BITS_2_TO_3 = "bits-2-to-3"  #: two or three, anywhere
    BYTE = "byte"  #: aligned, two bits of it or more
    PIN = "pin"  #: one pin's bits of the four beats, two of them or more
    BEAT = "beat"  #: 64 bits in a row, two of them or more
    ENTRY = "entry"  #: anywhere, two bits or more


def _anywhere(stream: Stream, count: int) -> int:
    chosen: list[int] = []
    while len(chosen) < count:
        bit = stream.index(ENTRY_BITS)
        if bit not in chosen:
            chosen.append(bit)
    return sum(1 << bit for bit in chosen)


def _some_of(stream: Stream, places: list[int]) -> int:
    """Each of these bits with probability one half, again until there are two."""
    while True:
        mask = sum(1 << place for place in places if stream.index(2))
        if mask.bit_count() > 1:
            return mask


def _in_a_row(stream: Stream, bits: int) -> int:
    first = stream.index(ENTRY_BITS // bits) * bits
    return _some_of(stream, list(range(first, first + bits)))


_WAYS: Mapping[Pattern, Callable[[Stream], int]] = MappingProxyType(
    {
        Pattern.BIT: lambda stream: _anywhere(stream, 1),
        Pattern.BITS_2_TO_3: lambda stream: _anywhere(stream, 2 + stream.index(2)),
        Pattern.BYTE: lambda stream: _in_a_row(stream, BYTE_BITS),
        Pattern.PIN: lambda stream: _some_of(
            stream, list(range(stream.index(BEAT_BITS), ENTRY_BITS, BEAT_BITS))
        ),
        Pattern.BEAT: lambda stream: _in_a_row(stream, BEAT_BITS),
        Pattern.ENTRY: lambda stream: _in_a_row(stream, ENTRY_BITS),
    }
)


class MemoryEntries(Law):
    """``shares``: a table, columns ``pattern`` and ``share``: how often each pattern is found."""

    kind: Literal["memory-entries"]
    shares: str
    memory_bits: ClassVar[int] = ENTRY_BITS

    @cached_property
    def weights(self) -> Mapping[Pattern, float]:
        """The shares, by pattern. ValueError where the table is none."""
        found = {}
        for line in csv.DictReader(self.shares.splitlines()):
            try:
                found[Pattern(line["pattern"])] = float(line["share"])
            except (KeyError, TypeError, ValueError):
                known = ", ".join(Pattern)
                raise ValueError(f"a row is a pattern ({known}) and a share") from None
        if min(found.values(), default=0) < 0 or not any(found.values()):
            raise ValueError("shares are 0 or more, one of them above 0")
        return found

    @model_validator(mode="after")
    def _readable(self) -> MemoryEntries:
        self.weights  # noqa: B018  (is read)
        return self

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says: entries of memory."""
        return target.kind is TargetKind.MEMORY

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        stream = Stream(*words)
        patterns = list(self.weights)
        pattern = patterns[stream.choose([self.weights[one] for one in patterns])]
        return Corruption(Operation.FLIP, _WAYS[pattern](stream), ENTRY_BITS)
