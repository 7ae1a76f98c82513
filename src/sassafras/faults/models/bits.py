"""How many bits flip, and which: tables of one's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sassafras.faults.model import Change, Corruption, Operation, Target
from sassafras.faults.models.law import FLAGS, WORD, Law, RandomWords
from sassafras.faults.models.stream import Stream
from sassafras.isa.program import Instruction

Weight = Annotated[float, Field(ge=0)]


class Bits(Law):
    """``multiplicity``: weights of one flipped bit, two, three ...; ``positions``: weights of the bits, the
    lowest first (without it: all alike). ``adjacent``: they lie next to each other, wherever there is room.
    """

    kind: Literal["bits"]
    multiplicity: tuple[Weight, ...] = Field(min_length=1, max_length=WORD)
    positions: tuple[Weight, ...] | None = None
    adjacent: bool = False

    @model_validator(mode="after")
    def _possible(self) -> Bits:
        if not any(self.multiplicity):
            raise ValueError("one of the multiplicities needs a weight above 0")
        if self.positions is not None:
            if self.adjacent:
                raise ValueError("adjacent bits have no positions of their own")
            if len(self.positions) != WORD or sum(w > 0 for w in self.positions) < len(self.multiplicity):
                raise ValueError(
                    f"positions are {WORD} weights, at least {len(self.multiplicity)} of them above 0"
                )
        return self

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says: words of at least as many bits as may flip, of 32 bits where they have weights."""
        if target.kind in FLAGS or target.bits < len(self.multiplicity):
            return False
        return self.positions is None or target.bits == WORD

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        stream = Stream(*words)
        count = 1 + stream.choose(self.multiplicity)
        if self.adjacent:
            mask = ((1 << count) - 1) << stream.index(target.bits - count + 1)
        else:
            weights = self.positions or (1.0,) * target.bits
            mask = sum(1 << bit for bit in stream.choose_several(weights, count))
        return Corruption(Operation.FLIP, mask, target.bits)
