"""How often a fault strikes several threads of a warp, by structure and opcode (published RTL campaigns)."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, model_validator

from sassafras.faults.models.law import RandomWords
from sassafras.faults.models.rows import Key, columns_of_csv, measured, pooled_row, rows_of_csv
from sassafras.faults.models.sites import Sites, check_sites, draw_site
from sassafras.faults.models.stream import Stream
from sassafras.isa.kinds import Action, Flow
from sassafras.isa.program import Instruction

OPERANDS = ("small", "common", "big", "mem", "all")
"""Rows are added up over them: a warp has operands of all kinds."""
_KEY = 0x4C414E4553  #: keeps these numbers apart from those of the change itself


class Lanes(BaseModel):
    """``sites``: weights of the structures that are struck. ``counts``: the table (CSV): site, opcode,
    operand, wrong results of one thread, of many. How many are "many" is not public: all active lanes of
    the warp is an assumption.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sites: Sites
    counts: str

    @model_validator(mode="after")
    def _known(self) -> Lanes:
        if columns_of_csv(self.counts) != ("one", "many"):
            raise ValueError("the columns of lanes are: site,opcode,operand,one,many")
        check_sites(self.sites, (self.counts,))
        return self

    def many(self, site: str, opcodes: Sequence[str], operands: Sequence[str] = OPERANDS) -> float:
        """How likely a wrong result is one of several lanes. 0 where nothing was counted."""
        rows = rows_of_csv(self.counts)
        found = [rows.get(Key(site, opcode, kind), (0.0, 0.0)) for opcode in opcodes for kind in operands]
        one, many = map(sum, zip(*found, strict=True))
        return many / (one + many) if one + many else 0.0

    def strikes_many(self, instruction: Instruction, words: RandomWords) -> bool:
        """Whether a fault at this instruction strikes all active lanes."""
        stream = Stream(words.value ^ _KEY, words.bit)
        site = draw_site(self.sites, stream)
        return stream.uniform() < self.many(site, counted_rows(instruction))


def counted_rows(instruction: Instruction) -> tuple[str, ...]:
    """The rows of an instruction: its own, else those of its kind."""
    own = measured(instruction.opcode).lanes
    if own:
        return own
    if instruction.access is not None:
        return ("Load",) if instruction.access.action is Action.LOAD else ("Store",)
    return ("BRANCH",) if instruction.flow is not Flow.NEXT else (pooled_row(instruction),)
