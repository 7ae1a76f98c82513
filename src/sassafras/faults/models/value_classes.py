"""The class of a wrong value, from tables: one bit, two bits, zero, a run, many bits ... (RTL campaigns)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from pydantic import model_validator

from sassafras.faults.model import Change, Target
from sassafras.faults.models.law import WORD, Law, RandomWords, is_result_word
from sassafras.faults.models.rows import columns_of_csv, opcode_rows, pooled, rows_of_csv
from sassafras.faults.models.sites import Sites, check_sites, draw_site
from sassafras.faults.models.stream import Stream
from sassafras.isa.program import Instruction

EXPONENT = 0x7F800000
SMALL = 255  #: the largest "small integer": an assumption, only the share of the class is public
_TRIES = 64  #: draws until one changes the word; zero, say, cannot become zero


class ValueClass(StrEnum):
    """What became of a word."""

    ZERO = "zero"
    NAN_OR_INF = "nan-or-inf"  #: all bits of the exponent set
    ONE_BIT = "one-bit"
    TWO_ADJACENT = "two-adjacent"
    TWO_APART = "two-apart"
    RUN = "run"  #: three or more bits next to each other
    SMALL_INTEGER = "small-integer"  #: as a binary32 a denormal
    BITS_3_TO_8 = "bits-3-to-8"  #: scattered
    BITS_9_TO_16 = "bits-9-to-16"
    BITS_17_TO_32 = "bits-17-to-32"


@dataclass(frozen=True)
class Tables:
    """Rows of one instruction: weights of how many bits flip (of 1 to 32), of the bit that flips alone, and
    of each bit that flips with others.
    """

    multiplicity: Sequence[float]
    alone: Sequence[float]
    together: Sequence[float]


Draw = Callable[[int, Tables, Stream], int]  #: the new word, from the old one


def _one_bit(word: int, tables: Tables, stream: Stream) -> int:
    return word ^ 1 << stream.choose(tables.alone)


def _two_adjacent(word: int, tables: Tables, stream: Stream) -> int:  # noqa: ARG001
    return word ^ 3 << stream.index(WORD - 1)


def _two_apart(word: int, tables: Tables, stream: Stream) -> int:
    first = stream.choose(tables.together)
    others = [w if abs(bit - first) > 1 else 0 for bit, w in enumerate(tables.together)]
    return word ^ 1 << first ^ 1 << stream.choose(others)


def _run(word: int, tables: Tables, stream: Stream) -> int:
    length = _how_many(tables, 3, WORD, stream)
    return word ^ ((1 << length) - 1) << stream.index(WORD - length + 1)


def _scattered(least: int, most: int) -> Draw:
    def draw(word: int, tables: Tables, stream: Stream) -> int:
        count = _how_many(tables, least, most, stream)
        return word ^ sum(1 << bit for bit in stream.choose_several(tables.together, count))

    return draw


def _how_many(tables: Tables, least: int, most: int, stream: Stream) -> int:
    weights = tables.multiplicity[least - 1 : most]
    return least + (stream.choose(weights) if any(weights) else stream.index(most - least + 1))


DRAWS: Mapping[ValueClass, Draw] = MappingProxyType(
    {
        ValueClass.ZERO: lambda word, tables, stream: 0,  # noqa: ARG005
        ValueClass.NAN_OR_INF: lambda word, tables, stream: word | EXPONENT,  # noqa: ARG005
        ValueClass.ONE_BIT: _one_bit,
        ValueClass.TWO_ADJACENT: _two_adjacent,
        ValueClass.TWO_APART: _two_apart,
        ValueClass.RUN: _run,
        ValueClass.SMALL_INTEGER: lambda word, tables, stream: 1 + stream.index(SMALL),  # noqa: ARG005
        ValueClass.BITS_3_TO_8: _scattered(3, 8),
        ValueClass.BITS_9_TO_16: _scattered(9, 16),
        ValueClass.BITS_17_TO_32: _scattered(17, WORD),
    }
)


class ValueClasses(Law):
    """A class is drawn by structure and opcode, then a word of that class; again where the word stays what it
    was (the tables are of changed results).

    ``sites``: weights of the structures that are struck. ``classes``, ``multiplicity``, ``alone``,
    ``together``: tables (CSV): shares of `ValueClass`; of how many bits flip; of the bit that flips alone; of
    those that flip with others.
    """

    kind: Literal["value-classes"]
    sites: Sites
    classes: str
    multiplicity: str
    alone: str
    together: str

    @model_validator(mode="after")
    def _known(self) -> ValueClasses:
        unknown = set(columns_of_csv(self.classes)) - set(ValueClass)
        if unknown:
            raise ValueError(
                f"no class is called {', '.join(sorted(unknown))}; known: {', '.join(ValueClass)}"
            )
        check_sites(self.sites, (self.classes, self.multiplicity, self.alone, self.together))
        return self

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says: results and stored words of 32 bits."""
        return is_result_word(target)

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        assert instruction is not None, "results alone are taken"
        return DrawnClass(self, opcode_rows(instruction), words)

    def weights(self, site: str, opcodes: Sequence[str]) -> dict[ValueClass, float]:
        """Of the classes, in one structure and the rows of an instruction."""
        names = map(ValueClass, columns_of_csv(self.classes))
        return dict(zip(names, pooled(rows_of_csv(self.classes), site, opcodes), strict=True))

    def tables(self, site: str, opcodes: Sequence[str]) -> Tables:
        """The other rows of the same."""
        texts = (self.multiplicity, self.alone, self.together)
        return Tables(*(pooled(rows_of_csv(text), site, opcodes) for text in texts))


@dataclass(frozen=True)
class DrawnClass:
    """The change of one fault: the same class and, but for what a word cannot become, the same bits in every
    word that it is applied to.
    """

    law: ValueClasses
    opcodes: tuple[str, ...]
    words: RandomWords

    def apply(self, word: int) -> int:
        """The corrupted word."""
        stream = Stream(*self.words)
        site = draw_site(self.law.sites, stream)
        weights = self.law.weights(site, self.opcodes)
        tables = self.law.tables(site, self.opcodes)
        for _ in range(_TRIES):
            chosen = list(weights)[stream.choose(list(weights.values()))]
            found = DRAWS[chosen](word, tables, stream) & (1 << WORD) - 1
            if found != word:
                return found
        return word
