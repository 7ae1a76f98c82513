"""Relative errors of binary32 results by decade, as RTL campaigns counted them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import model_validator

from sassafras.faults.model import Change, Target
from sassafras.faults.models.law import Law, RandomWords, is_result_word
from sassafras.faults.models.operands import float_of, operand_kind, word_of
from sassafras.faults.models.rows import Key, columns_of_csv, measured_rows, rows_of_csv
from sassafras.faults.models.sites import Sites, check_sites, draw_site
from sassafras.faults.models.stream import Stream
from sassafras.isa.program import Instruction


class RelativeError(Law):
    """The result is off by a relative error: its decade is drawn by structure, opcode and size of the golden
    result, the error inside the decade log-uniformly. ``errors``: the table (CSV): how many results grew,
    then how many errors there were in each decade (``d-3``: from 1e-3 to 1e-2).
    """

    kind: Literal["relative-error"]
    sites: Sites
    errors: str

    @model_validator(mode="after")
    def _known(self) -> RelativeError:
        check_sites(self.sites, (self.errors,))
        self.decades  # noqa: B018  (raises ValueError)
        return self

    @property
    def decades(self) -> tuple[int, ...]:
        """The exponents of ten with which the table's decades begin."""
        first, *names = columns_of_csv(self.errors)
        if first != "larger" or not all(name.startswith("d") for name in names):
            raise ValueError("the columns of errors are: site,opcode,operand,larger,d-3,d-2 ...")
        return tuple(int(name[1:]) for name in names)

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says: 32-bit results of the opcodes that the table has in every structure."""
        if instruction is None or not is_result_word(target) or instruction.access is not None:
            return False
        rows, opcodes = rows_of_csv(self.errors), measured_rows(instruction)
        return bool(opcodes) and all(
            Key(site, opcode, "common") in rows for site in self.sites for opcode in opcodes
        )

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        assert instruction is not None, "results alone are taken"
        return DrawnError(self, measured_rows(instruction), words)

    def factor(self, key: Key, stream: Stream) -> float:
        """1 + the error, of a row."""
        larger, *counts = rows_of_csv(self.errors)[key]
        decade = self.decades[stream.choose(counts)]
        error: float = 10.0 ** (decade + stream.uniform())
        return 1 + error if stream.uniform() * sum(counts) < larger else 1 - error


@dataclass(frozen=True)
class DrawnError:
    """The change of one fault."""

    law: RelativeError
    opcodes: tuple[str, ...]
    words: RandomWords

    def apply(self, word: int) -> int:
        """The corrupted word; zero, infinities and NaN have no relative error and stay what they are."""
        stream, value = Stream(*self.words), float_of(word)
        site = draw_site(self.law.sites, stream)
        opcode = self.opcodes[stream.index(len(self.opcodes))]
        if value in (0, float("inf"), float("-inf")) or value != value:  # noqa: PLR0124  (NaN)
            return word
        return word_of(value * self.law.factor(Key(site, opcode, operand_kind(value)), stream))
