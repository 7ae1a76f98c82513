"""Tables for the terminal."""

from __future__ import annotations

import math

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from sassafras.analysis import vulnerability
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import LayerRecord, Results
from sassafras.faults.model import Mode
from sassafras.report.shares import NONE_SEEN, NOTHING, below, percent

WIDE = 110  #: columns of a terminal on which a share and its interval fit into one line


def tables(results: Results, width: int = WIDE) -> list[Table]:
    """Outcomes, CKV and CLV per mode and, where there are any, kinds of DUE and reasons of masked faults.

    ``width``: columns of the terminal; 80 are enough, `WIDE` look better.
    """
    wide = width >= WIDE
    shown = [outcomes_table(results, wide=wide)]
    shown += [ckv_table(results, mode, wide=wide) for mode in results.modes]
    shown += [clv_table(results, mode, wide=wide) for mode in results.modes]
    dues = vulnerability.due_kinds(results.injections, results.modes)
    masked = vulnerability.masked_reasons(results.injections, results.modes)
    if dues["n"].any():
        shown.append(_kinds_table("Kinds of DUE", "percent of the mode's DUEs", "due_kind", dues))
    if masked["n"].any():
        said = masked[masked.groupby("mode")["n"].transform("sum") > 0]
        shown.append(_kinds_table("Why faults were masked", "percent of the masked", "masked_reason", said))
    return shown


def outcomes_table(results: Results, *, wide: bool = True) -> Table:
    """Outcomes of each mode; shares of the planned injections that did not end in an error of ours."""
    table = _table(
        "Outcomes",
        f"percent of the mode's injections, 95 % intervals; {NONE_SEEN}",
        ["mode", "planned", "errors"],
        wide=wide,
    )
    _add_outcome_columns(table)
    counts = results.outcomes()
    for mode in results.modes:
        rows = counts[counts["mode"] == mode.value]
        table.add_row(mode.value, str(results.planned[mode]), str(results.failed(mode)), *_cells(rows, wide))
    return table


def ckv_table(results: Results, mode: Mode, *, wide: bool = True) -> Table:
    """CKV of a mode, a row per kernel; all percentages of the table together are 100."""
    title = f"Kernel vulnerability (CKV), mode {mode.value}"
    caption = f"percent of all injections of the mode, 95 % intervals; {NONE_SEEN}"
    table = _table(title, caption, ["kernel", "n"], wide=wide)
    _add_outcome_columns(table)
    metric = results.ckv(mode)
    for kernel in results.kernels:
        rows = metric[metric["kernel"] == kernel]
        table.add_row(kernel, str(rows["n"].sum()), *_cells(rows, wide))
    return table


def clv_table(results: Results, mode: Mode, *, wide: bool = True) -> Table:
    """CLV of a mode, a row per layer of the network."""
    title = f"Layer vulnerability (CLV), mode {mode.value}"
    caption = f"percent of the layer's injections, 95 % intervals; {NONE_SEEN}"
    table = _table(title, caption, ["layer", "n"], wide=wide)
    _add_outcome_columns(table)
    metric = results.clv(mode)
    for layer in results.layers:
        rows = metric[metric["layer"] == layer.index]
        n = str(rows["n"].sum()) if layer.launches else NOTHING
        table.add_row(_layer_name(layer), n, *_cells(rows, wide))
    return table


def _layer_name(layer: LayerRecord) -> str:
    return f"{layer.index} {layer.kind}"


def _table(title: str, caption: str, left: list[str], *, wide: bool) -> Table:
    table = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        padding=(0, 1 if wide else 0, 0, 0),  # 80 columns leave no room
        show_edge=False,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for number, heading in enumerate(left):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    return table


def _add_outcome_columns(table: Table) -> None:
    for outcome in OutcomeClass:
        table.add_column(outcome.label.replace("-", "-\n"), justify="right", vertical="top")


def _cells(rows: pd.DataFrame, wide: bool) -> list[Text]:
    by_outcome = {row["outcome"]: row for row in rows.to_dict("records")}
    found = [by_outcome[outcome.value] for outcome in OutcomeClass]
    return [cell(row["share"], row["low"], row["high"], row["below"], wide=wide) for row in found]


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
    decimals = len(shown.partition(".")[2])
    bounds = f"{low * 100:.{decimals}f}–{high * 100:.{decimals}f}"
    return Text.assemble(shown, " " if wide else "\n", (f"({bounds})" if wide else bounds, "dim"))


def _kinds_table(title: str, caption: str, column: str, counts: pd.DataFrame) -> Table:
    table = _table(title, caption, [column.replace("_", " ")], wide=True)
    for mode in counts["mode"].unique():
        table.add_column(str(mode), justify="right")
    happened = counts.groupby(column, sort=False)["n"].sum()
    for kind in happened[happened > 0].index:
        rows = counts[counts[column] == kind].to_dict("records")
        cells = [f"{row['n']}" + (f"  {percent(row['share'])} %" if row["n"] else "") for row in rows]
        table.add_row(str(kind), *cells)
    return table
