"""The numbers of a figure of stacks: by bit, instruction group and opcode."""

from __future__ import annotations

import math

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.cells import Share, sampled
from sassafras.report.figures.breakdowns import Part
from sassafras.report.figures.estimate import Estimate
from sassafras.report.table import Table, made
from sassafras.report.tables.campaign import OUTCOMES


def stack_table(part: Part) -> Table:
    """A row per stack, with all outcomes."""
    rows = [
        [s.value, s.trials, sampled(s.critical), *(_share(s.bars[c]) for c in OutcomeClass)]
        for s in part.slices
    ]
    columns = (part.words, "n", "critical", *OUTCOMES)
    return made(part.name, part.title, "percent of each row's injections", columns, [rows])


def _share(found: Estimate) -> Share:
    share, below = (math.nan if value is None else value for value in (found.share, found.below))
    return Share(share, found.low, found.high, below, found.n, found.trials)
