"""The published power law of relative errors, each opcode with its own row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import model_validator

from sassafras.faults.model import Change, Target
from sassafras.faults.models.law import Law, RandomWords, is_result_word
from sassafras.faults.models.operands import float_of, operand_kind, word_of
from sassafras.faults.models.rows import Key, columns_of_csv, measured_rows, rows_of_csv
from sassafras.isa.floats import makes_float
from sassafras.isa.program import Instruction

_LARGEST = 2**31 - 1


class PowerLaw(Law):
    """The result is multiplied by ``xmin * (1 - u) ** (-1 / (alpha - 1))``, u uniform in [0, 1): so the
    published injector has it, which takes the fitted relative error for a ratio. ``fits``: the table (CSV):
    opcode, operand, alpha, xmin.
    """

    kind: Literal["power-law"]
    fits: str

    @model_validator(mode="after")
    def _known(self) -> PowerLaw:
        if columns_of_csv(self.fits) != ("alpha", "xmin"):
            raise ValueError("the columns of fits are: opcode,operand,alpha,xmin")
        if any(alpha <= 1 for alpha, _ in rows_of_csv(self.fits).values()):
            raise ValueError("every alpha is above 1")
        return self

    def takes(self, instruction: Instruction | None, target: Target) -> bool:
        """As `Law` says: 32-bit results of the opcodes that the table has."""
        if instruction is None or not is_result_word(target) or instruction.access is not None:
            return False
        return self._opcode(instruction) is not None

    def _opcode(self, instruction: Instruction) -> str | None:
        """The name of the instruction's row: MUFU has one of its own."""
        rows = rows_of_csv(self.fits)
        names = (instruction.opcode, *measured_rows(instruction))
        return next((name for name in names if Key("", name, "common") in rows), None)

    def change(self, instruction: Instruction | None, target: Target, words: RandomWords) -> Change:
        """As `Law` says."""
        assert instruction is not None, "results alone are taken"
        opcode = self._opcode(instruction)
        assert opcode is not None
        uniform = (words.value >> 11) * 2.0**-53
        return DrawnFactor(self, opcode, bool(makes_float(instruction)), uniform)

    def factor(self, opcode: str, operand: str, uniform: float) -> float:
        """What the result is multiplied by."""
        alpha, xmin = rows_of_csv(self.fits)[Key("", opcode, operand)]
        with np.errstate(over="ignore"):
            return float(xmin * np.power(1 - uniform, -1 / (alpha - 1)))


@dataclass(frozen=True)
class DrawnFactor:
    """The change of one fault. ``is_float``: the result is a binary32, else a signed integer."""

    law: PowerLaw
    opcode: str
    is_float: bool
    uniform: float

    def apply(self, word: int) -> int:
        """The corrupted word: of a float rounded to binary32, of an integer cut off and held within 32 bits,
        as CUDA converts.
        """
        value = float_of(word) if self.is_float else float(word - (word >> 31 << 32))
        found = value * self.law.factor(self.opcode, operand_kind(value), self.uniform)
        if self.is_float:
            return word_of(found)
        return 0 if math.isnan(found) else int(max(-_LARGEST - 1, min(_LARGEST, found))) & 0xFFFFFFFF
