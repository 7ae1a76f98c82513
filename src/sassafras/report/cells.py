"""Cells of tables in the terminal: a share and its interval."""

from __future__ import annotations

import math

import pandas as pd
from rich.text import Text

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.shares import NOTHING, below, interval_percent, percent


def share_cells(rows: pd.DataFrame, *, wide: bool = True) -> list[Text]:
    """The cells of one row of a table of outcomes, in the order of `OutcomeClass`."""
    by_outcome = {row["outcome"]: row for row in rows.to_dict("records")}
    found = [by_outcome[outcome.value] for outcome in OutcomeClass]
    return [cell(row["share"], row["low"], row["high"], row["below"], wide=wide) for row in found]


def heading(outcome: OutcomeClass, *, wide: bool = True) -> str:
    """The heading of an outcome's column, in lines; narrow where a terminal may have 80 columns."""
    lines = outcome.label.replace("-", "-\n")
    return lines if wide else lines.replace("Malfunction", "Mal-\nfunction")


def cell(share: float, low: float, high: float, bound: float = math.nan, *, wide: bool = True) -> Text:
    """Percentages: "12.7 (10.7–14.9)", or the interval on a line of its own; "below 0.30 %" where no event
    was seen (``bound``: the one-sided bound, else NaN); a dash where there is no share.
    """
    if math.isnan(share):
        return Text(NOTHING)
    if not math.isnan(bound):
        text = below(bound)
        return Text(text if wide else text.replace(" ", "\n", 1), "dim")
    shown = percent(share)
    bounds = interval_percent(low, high, share)
    return Text.assemble(shown, " " if wide else "\n", (f"({bounds})" if wide else bounds, "dim"))
