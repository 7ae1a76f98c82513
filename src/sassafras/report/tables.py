"""Tables for the terminal."""

from __future__ import annotations

import math

import pandas as pd
from rich.table import Table

from sassafras.analysis.events import Event
from sassafras.analysis.mixture import is_mixed
from sassafras.analysis.results import LayerRecord, Results
from sassafras.analysis.sums import SUMS
from sassafras.faults.model import Mode
from sassafras.report.cells import add_outcome_columns, cell, share_cells
from sassafras.report.fitting import fitted
from sassafras.report.frame_tables import for_these, none_over_frames, over_frames_table
from sassafras.report.frames import plain_table
from sassafras.report.numbers import NONE_SEEN, NOTHING, percent
from sassafras.report.own_tables import own_tables
from sassafras.report.sampling_tables import exact_masking_table, sampling_tables

ALL = "all kernels"  #: the row of all of them
UNWEIGHTED = "injections of the stratified sample, not weighted"
WIDE = 160  #: columns of a terminal that are enough for a share and its interval in one line, in every table


def tables(results: Results, width: int = WIDE) -> list[Table]:
    """Outcomes, CKV and CLV per mode and, where there are any, kinds of DUE and reasons of masked faults.

    ``width``: columns of the terminal; 80 are enough for most, `WIDE` look better (`fitting.parts`).
    """
    if results.sampling.chosen:
        return own_tables(results)
    shown = [
        *fitted(outcomes_table, width, results),
        *fitted(model_table, width, results),
        *fitted(over_frames_table, width, results),
        *sampling_tables(results),
        *fitted(exact_masking_table, width, results),
        *(table for mode in results.modes for table in fitted(ckv_table, width, results, mode)),
        *(table for mode in results.modes for table in fitted(clv_table, width, results, mode)),
        *(sum_table(results, event) for event in SUMS),
    ]
    dues, masked = results.due_kinds(), results.masked_reasons()
    if dues["n"].any():
        caption = "percent of the mode's DUEs" if dues["share"].notna().any() else UNWEIGHTED
        shown.append(_kinds_table("Kinds of DUE", caption, "due_kind", dues))
    if masked["n"].any():
        said = masked[masked.groupby("mode")["n"].transform("sum") > 0]
        caption = "percent of the masked" if masked["share"].notna().any() else UNWEIGHTED
        shown.append(_kinds_table("Why faults were masked", caption, "masked_reason", said))
    return shown


def outcomes_table(results: Results, *, wide: bool = True) -> Table:
    """Outcomes of each mode; shares of the planned injections that did not end in an error of ours."""
    mixed = f"; {results.mixture}: the table by fault model has each" if results.mixture else ""
    rule = f"; IOA: registers beyond the allocated ones by the rule {results.ioa_register.value}"
    caption = _caption(results, "the mode's") + none_over_frames(results) + mixed
    caption += rule if Mode.IOA in results.modes else ""
    table = _table("Outcomes", caption, ["mode", "planned", "errors"], wide=wide)
    add_outcome_columns(table, wide=wide)
    counts = results.outcomes()
    for mode in results.modes:
        rows = counts[counts["mode"] == mode.value]
        table.add_row(
            mode.value, str(results.planned[mode]), str(results.failed(mode)), *share_cells(rows, wide=wide)
        )
    return table


def model_table(results: Results, *, wide: bool = True) -> Table | None:
    """Outcomes of each mode and fault model; None where no mode mixes several."""
    if not is_mixed(results.models):
        return None
    caption = _caption(results, "the mode's and model's")
    left = "mode, model"
    table = _table("Outcomes by fault model", caption, [left, "n"] if wide else [left], wide=wide)
    add_outcome_columns(table, wide=wide)
    for (mode, model), rows in results.by_model().groupby(["mode", "model"], sort=False):
        name, n = f"{mode} {model}", str(rows["n"].sum())
        table.add_row(*_named(name, n, wide=wide), *share_cells(rows, wide=wide))
    return table


def ckv_table(results: Results, mode: Mode, *, wide: bool = True) -> Table:
    """CKV of a mode, a row per kernel; all percentages of the table together are 100."""
    title = f"Kernel vulnerability (CKV), mode {mode.value}"
    caption = _caption(results, "all the mode's")
    table = _table(title, caption, ["kernel", "n"] if wide else ["kernel"], wide=wide)
    add_outcome_columns(table, wide=wide)
    metric = results.ckv(mode)
    for kernel in results.kernels:
        rows = metric[metric["kernel"] == kernel]
        table.add_row(*_named(kernel, str(rows["n"].sum()), wide=wide), *share_cells(rows, wide=wide))
    return table


def clv_table(results: Results, mode: Mode, *, wide: bool = True) -> Table:
    """CLV of a mode, a row per layer of the network."""
    title = f"Layer vulnerability (CLV), mode {mode.value}"
    caption = _caption(results, "the layer's")
    table = _table(title, caption, ["layer", "n"] if wide else ["layer"], wide=wide)
    add_outcome_columns(table, wide=wide)
    metric = results.clv(mode)
    for layer in results.layers:
        rows = metric[metric["layer"] == layer.index]
        n = str(rows["n"].sum()) if layer.launches else NOTHING
        table.add_row(*_named(_layer_name(layer), n, wide=wide), *share_cells(rows, wide=wide))
    return table


def sum_table(results: Results, event: Event) -> Table:
    """A sum of outcomes, by kernel (CKV): all kernels together are the mode's share. 80 columns will do."""
    names = [mode.value for mode in results.modes]
    title, words = sum_words(results, event)
    caption = _caption(results, "all the mode's")
    table = _table(title, f"{words}; {caption}", ["kernel"], wide=True)
    for name in names:
        table.add_column(name, justify="right")
    found = results.sums()
    found = found[(found["event"] == event.value) & (found["part"] != "layer")]
    for kernel in (ALL, *results.kernels):
        rows = found[found["name"].where(found["part"] == "kernel", ALL) == kernel].set_index("mode")
        of_modes = rows[["share", "low", "high", "below"]].loc[names].to_numpy(float)
        table.add_row(kernel, *(cell(*values) for values in of_modes))
    return table


def sum_words(results: Results, event: Event) -> tuple[str, str]:
    """Title and first words of the caption of a sum."""
    if event is Event.CRITICAL:
        return f"Critical{results.critical.suffix}", results.critical.words
    return event.label, "Malfunction and Invalid-Output together"


def _named(name: str, n: str, *, wide: bool) -> list[str]:
    """The first cells of a row; in a narrow table the number stands below the name."""
    return [name, n] if wide else [f"{name}\n  n = {n}" if n != NOTHING else name]


def _caption(results: Results, of: str) -> str:
    sampling = results.sampling
    return (
        f"percent of {sampling.share_of(of)}, 95 % intervals ({sampling.intervals}) over faults, "
        f"{for_these(results.frames)}; {NONE_SEEN}"
    )


def _layer_name(layer: LayerRecord) -> str:
    return f"{layer.index} {layer.kind}"


def _table(title: str, caption: str, left: list[str], *, wide: bool) -> Table:
    table = plain_table(title, caption, left, wide=wide)
    for column in table.columns:
        column.no_wrap = True
    return table


def _kinds_table(title: str, caption: str, column: str, counts: pd.DataFrame) -> Table:
    table = _table(title, caption, [column.replace("_", " ")], wide=True)
    for mode in counts["mode"].unique():
        table.add_column(str(mode), justify="right")
    happened = counts.groupby(column, sort=False)["n"].sum()
    for kind in happened[happened > 0].index:
        rows = counts[counts[column] == kind].to_dict("records")
        cells = [_counted(row["n"], row["share"]) for row in rows]
        table.add_row(str(kind), *cells)
    return table


def _counted(n: int, share: float) -> str:
    return f"{n}  {percent(share)} %" if n and not math.isnan(share) else str(n)
