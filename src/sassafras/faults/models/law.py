"""What a law of change is: which parts of an instruction it can strike, and how a word changes."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from sassafras.faults.model import Change, Target, TargetKind
from sassafras.isa.program import Instruction

WORD = 32
FLAGS = (TargetKind.PREDICATE, TargetKind.CONDITION_CODE, TargetKind.UNIFORM_PREDICATE)


class RandomWords(NamedTuple):
    """Two uniform 64-bit words of a draw: all that is random in a change."""

    bit: int
    value: int


class Law(BaseModel):
    """How bits change. ``kind``, a literal of each law, is its name in a file. ``memory_bits``: how much of
    memory is struck as one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    memory_bits: ClassVar[int] = WORD

    @abstractmethod
    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """Whether it can strike this part of an instruction (None: of any; a register before it, memory)."""

    @abstractmethod
    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """The change of a struck word. ``instruction``: None where none is struck."""


def is_result_word(target: Target) -> bool:
    """Whether a target is what laws from measured tables are of: a result or a stored word of 32 bits."""
    return target.kind in (TargetKind.REGISTER, TargetKind.STORE_VALUE) and target.bits == WORD
