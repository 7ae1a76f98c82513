"""Laws that are definitions: bits next to each other, any value, zero."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sassafras.faults.model import Change, Corruption, Operation, Target, pick
from sassafras.faults.models.law import FLAGS, WORD, Law, RandomWords
from sassafras.isa.program import Instruction


class AdjacentBits(Law):
    """``count`` bits next to each other are flipped, every place in the word equally likely; of a narrower
    word all its bits. Predicates and condition codes are struck by one bit only (SASSIFI's restriction).
    """

    kind: Literal["adjacent-bits"]
    count: int = Field(ge=1, le=WORD)

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says."""
        return self.count == 1 or target.kind not in FLAGS

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        run = ((1 << self.count) - 1) << pick(words.bit, max(1, target.bits - self.count + 1))
        return Corruption(Operation.FLIP, run & ((1 << target.bits) - 1), target.bits)


class RandomValue(Law):
    """A uniform draw of all the bits that the word has replaces it."""

    kind: Literal["random-value"]

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says."""
        return target.kind not in FLAGS

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        return Corruption(Operation.SET, words.value >> (64 - target.bits), target.bits)


class ZeroValue(Law):
    """Zero replaces the word."""

    kind: Literal["zero-value"]

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says."""
        return target.kind not in FLAGS

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        return Corruption(Operation.SET, 0, target.bits)
