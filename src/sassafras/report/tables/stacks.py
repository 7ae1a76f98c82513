"""The numbers of a figure of stacks: by bit, instruction group and opcode."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.cells import Share, sampled
from sassafras.report.chart import Bar
from sassafras.report.page.stacks import Stack
from sassafras.report.table import Table, made
from sassafras.report.tables.campaign import OUTCOMES


def stack_table(name: str, title: str, column: str, stacks: Iterable[Stack]) -> Table:
    """A row per stack, with all outcomes."""
    rows = [
        [s.value, s.trials, sampled(s.critical), *(_share(s.bars[c], s.trials) for c in OutcomeClass)]
        for s in stacks
    ]
    caption = "percent of each row's injections"
    return made(name, title, caption, (column, "n", "critical", *OUTCOMES), [rows])


def _share(bar: Bar, trials: int) -> Share:
    share, below = (math.nan if value is None else value for value in (bar.share, bar.below))
    return Share(share, bar.low, bar.high, below, bar.n, trials)
