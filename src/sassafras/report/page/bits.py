"""Outcomes by the bit that was flipped: the single-bit faults of a mode, by what they struck."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.analysis.vulnerability import flipped_bit, of_mode
from sassafras.faults.model import FaultModel, Mode, TargetKind
from sassafras.report.page.stacks import Stack, StackFigure, place_columns, stacks

WORDS: dict[TargetKind, str] = {
    TargetKind.REGISTER: "a register",
    TargetKind.STORE_VALUE: "the stored word",
    TargetKind.REGISTER_INDEX: "the index of the destination register",
    TargetKind.STORE_ADDRESS: "the address of a store",
    TargetKind.CONDITION_CODE: "the condition code",
}
"""What has several bits: all but predicates."""


@dataclass(frozen=True)
class BitPart:
    """Single-bit faults of one mode in one kind of target. ``unknown``: faults whose bit is not stored,
    because they were proven masked without a run.
    """

    mode: Mode
    target: TargetKind
    unknown: int
    stacks: tuple[Stack, ...]
    figure: StackFigure

    @property
    def struck(self) -> str:
        """What was struck, in words."""
        return WORDS[self.target]


def bit_parts(results: Results) -> list[BitPart]:
    """Every mode and kind of target with single-bit faults in words of several bits."""
    rows = results.injections[
        ["mode", "model", "target", "before", "after", "outcome", "severity", "largest_change"]
    ]
    rows = rows[rows["model"] == FaultModel.SINGLE_BIT.value]
    rows = rows.assign(bit=flipped_bit(rows))
    found = []
    for mode in results.modes:
        own = of_mode(rows, mode)
        for target in WORDS:
            part = _part(own[own["target"] == target.value], mode, target, results.critical)
            if part is not None:
                found.append(part)
    return found


def _part(rows: pd.DataFrame, mode: Mode, target: TargetKind, critical: Criticality) -> BitPart | None:
    known = rows[rows["bit"].notna()]
    if known.empty:
        return None
    bits = known["before"].str.len().max() * 4 - 8  # "0x" and four bits a digit
    known = known.assign(bit=known["bit"].astype(int))
    width = max(int(bits), int(known["bit"].max()) + 1)
    shown = stacks(known, "bit", list(range(width)), critical)
    chosen = {"mode": mode.value, "target": target.value}
    name = f"bits_{mode.value}_{target.value}"
    figure = place_columns(name, f"Outcomes by bit, {mode.value}, {WORDS[target]}", shown, chosen)
    return BitPart(mode, target, len(rows) - len(known), tuple(shown), figure)
