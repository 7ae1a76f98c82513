"""Cells of tables in the terminal: a share and its interval."""

from __future__ import annotations

import math

import pandas as pd
from rich.table import Table
from rich.text import Text

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.numbers import NOTHING, below, share_parts

NARROW = 9  #: columns of the terminal that are enough for most intervals: "10.7–14.9"


def share_cells(rows: pd.DataFrame, *, wide: bool = True) -> list[Text]:
    """The cells of one row of a table of outcomes, in the order of `OutcomeClass`."""
    by_outcome = {row["outcome"]: row for row in rows.to_dict("records")}
    found = [by_outcome[outcome.value] for outcome in OutcomeClass]
    return [cell(row["share"], row["low"], row["high"], row["below"], wide=wide) for row in found]


def add_outcome_columns(table: Table, *, wide: bool = True) -> None:
    """The columns of `share_cells`. Not ``wide``: nine columns of the terminal for each."""
    for outcome in OutcomeClass:
        label = outcome.label.replace("-", "-\n")
        heading = label if wide else label.replace("Malfunction", "Malfunc-\ntion")
        table.add_column(heading, justify="right", vertical="top", no_wrap=True)


def cell(share: float, low: float, high: float, bound: float = math.nan, *, wide: bool = True) -> Text:
    """Percentages: "12.7 (10.7–14.9)", or the interval on a line of its own (a long one on two); "below
    0.30 %" where no event was seen (``bound``: the one-sided bound, else NaN); a dash without a share.
    """
    if math.isnan(share):
        return Text(NOTHING)
    if not math.isnan(bound):
        text = below(bound)
        return Text(text if wide else text.replace(" ", "\n", 1), "dim")
    shown, bounds = share_parts(share, low, high)
    if wide:
        return Text.assemble(f"{shown} ", (f"({bounds})", "dim"))
    if len(bounds) > NARROW:
        bounds = bounds.replace("–", "–\n", 1)
    return Text.assemble(f"{shown}\n", (bounds, "dim"))
