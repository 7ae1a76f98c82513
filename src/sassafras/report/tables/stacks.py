"""The numbers of a figure of stacks: by bit, instruction group and opcode."""

from __future__ import annotations

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.figures.breakdowns import Part
from sassafras.report.table import Table, made
from sassafras.report.tables.campaign import OUTCOMES


def stack_table(part: Part) -> Table:
    """A row per stack, with all outcomes."""
    rows = [[s.value, s.trials, s.critical, *(s.bars[c] for c in OutcomeClass)] for s in part.slices]
    columns = (part.words, "n", "critical", *OUTCOMES)
    return made(part.name, part.title, "percent of each row's injections", columns, [rows])
