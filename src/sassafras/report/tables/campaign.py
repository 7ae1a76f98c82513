"""Tables of a campaign: outcomes, kernels (CKV), layers (CLV), sums of outcomes, kinds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sassafras.analysis.events import Event
from sassafras.analysis.mixture import is_mixed
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.analysis.sums import SUMS
from sassafras.analysis.vulnerability import by_buffer as by_buffer_of
from sassafras.faults.model import Mode
from sassafras.report.cells import Cell, Count, Missing, share_of
from sassafras.report.numbers import NOT_STRUCK
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.captions import OVER_FRAMES, UNWEIGHTED, none_over_frames, percent_of
from sassafras.report.tables.registry import CAMPAIGN

ALL = "all kernels"  #: the row of all of them
OUTCOMES = tuple(outcome.label for outcome in OutcomeClass)
FILES = {Event.CRITICAL: "critical", Event.PAPER_MALFUNCTION: "paper_malfunction"}


@CAMPAIGN.at(10)
def outcomes(results: Results) -> list[Table]:
    """Outcomes of each mode; shares of the planned injections that did not end in an error of ours."""
    mixed = f"; {results.mixture}: the table by fault model has each" if results.mixture else ""
    rule = f"; IOA: registers beyond the allocated ones by the rule {results.ioa_register.value}"
    caption = percent_of(results, "the mode's") + none_over_frames(results) + mixed
    caption += rule if Mode.IOA in results.modes else ""
    counts = results.outcomes()
    rows = [
        [
            mode.value,
            results.planned[mode],
            results.failed(mode),
            results.injected(mode),
            *shares(counts[counts["mode"] == mode.value]),
        ]
        for mode in results.modes
    ]
    columns = ("mode", "planned", "errors", "n", *OUTCOMES)
    return [made("outcomes", "Outcomes", caption, columns, [rows])]


@CAMPAIGN.at(20)
def by_model(results: Results) -> list[Table]:
    """Outcomes of each mode and fault model; none where no mode mixes several."""
    if not is_mixed(results.models):
        return []
    caption = percent_of(results, "the mode's and model's") + f"; by mode: {results.mixture}"
    rows = [
        [str(mode), str(model), rows["n"].sum(), *shares(rows)]
        for (mode, model), rows in results.by_model().groupby(["mode", "model"], sort=False)
    ]
    columns = ("mode", "model", "n", *OUTCOMES)
    return [made("by_model", "Outcomes by fault model", caption, columns, [rows], left=2)]


@CAMPAIGN.at(30)
def over_frames(results: Results) -> list[Table]:
    """Outcomes of each mode with intervals over frames; none where there are none."""
    found = results.over_frames()
    if found is None:
        return []
    rows = []
    for mode in results.modes:
        n, own = results.injected(mode), found[found["mode"] == mode.value]
        shown = [row | {"total": n, "below": math.nan} for row in own.to_dict("records")]
        cells = [Missing() if math.isnan(row["low"]) else share_of(row) for row in shown]
        rows.append([mode.value, own["frames"].iloc[0], n, *cells])
    columns = ("mode", "frames", "n", *OUTCOMES)
    return [made("over_frames", "Outcomes over frames", f"percent; {OVER_FRAMES}", columns, [rows])]


@CAMPAIGN.at(70)
def ckv(results: Results) -> list[Table]:
    """CKV of each mode, a row per kernel; all percentages of a table together are 100."""
    names = {kernel: kernel for kernel in results.kernels}
    return [
        _metric(results, f"ckv_{mode.value}", f"Kernel vulnerability (CKV), mode {mode.value}",
                "all the mode's", names, results.ckv(mode))
        for mode in results.modes
    ]  # fmt: skip


@CAMPAIGN.at(80)
def clv(results: Results) -> list[Table]:
    """CLV of each mode, a row per layer of the network."""
    return [
        _metric(results, f"clv_{mode.value}", f"Layer vulnerability (CLV), mode {mode.value}",
                "the layer's", _layers(results), results.clv(mode))
        for mode in results.modes
    ]  # fmt: skip


@CAMPAIGN.at(85)
def by_buffer(results: Results) -> list[Table]:
    """Outcomes of memory faults by struck buffer; none without such faults, nor of a stratified sample."""
    if Mode.MEM not in results.modes or results.sampling.stratify is not None:
        return []
    found = by_buffer_of(results.injections, results.sampling.method)
    rows = [[str(name), rows["n"].sum(), *shares(rows)] for name, rows in found.groupby("buffer", sort=False)]
    caption = percent_of(results, "the buffer's") + f"; ECC: {results.ecc.value}"
    columns = ("buffer", "n", *OUTCOMES)
    return [made("by_buffer", "Memory faults by buffer", caption, columns, [rows])] if rows else []


def _layers(results: Results) -> dict[int, str]:
    return {layer.index: f"{layer.index} {layer.kind}" for layer in results.layers}


def _metric(
    results: Results, name: str, title: str, whole: str, names: Mapping[Any, str], metric: pd.DataFrame
) -> Table:
    column = str(metric.columns[0])
    idle = {layer.index for layer in results.layers if not layer.launches} if column == "layer" else set()
    rows = []
    for value, heading in names.items():
        own = metric[metric[column] == value]
        n = int(own["n"].sum())
        if n:
            rows.append([heading, n, *shares(own)])
        else:
            why = Missing(reason="no launches" if value in idle else NOT_STRUCK)
            rows.append([heading, why, *[Missing()] * len(OUTCOMES)])
    return made(name, title, percent_of(results, whole), (column, "n", *OUTCOMES), [rows])


@CAMPAIGN.at(90)
def sums(results: Results) -> list[Table]:
    """Critical faults and the paper's Malfunction by kernel (CKV) and by layer (CLV), the modes side by
    side.
    """
    kernels = {mode.value: ALL for mode in results.modes} | {kernel: kernel for kernel in results.kernels}
    layers = {str(index): name for index, name in _layers(results).items()}
    parts = (("ckv", "kernel", ("mode", "kernel"), kernels), ("clv", "layer", ("layer",), layers))
    return [_sum(results, event, *part) for event in SUMS for part in parts]


def _sum(
    results: Results, event: Event, metric: str, column: str, parts: tuple[str, ...], names: Mapping[str, str]
) -> Table:
    found = results.sums()
    found = found[(found["event"] == event.value) & found["part"].isin(parts)]
    rows: dict[str, list[Given]] = {}
    struck = set(results.injections[["mode", "kernel"]].itertuples(index=False, name=None))
    for row in found.to_dict("records"):
        cells = [Count(row["n"], row["total"]), share_of(row)]
        if not row["total"] or (row["part"] == "kernel" and (row["mode"], row["name"]) not in struck):
            cells = [Missing(reason=NOT_STRUCK), Missing()]
        rows.setdefault(names[str(row["name"])], []).extend(cells)
    title, words = sum_words(results, event)
    whole = "all the mode's" if column == "kernel" else "the layer's"
    return made(
        f"{FILES[event]}_{metric}",
        f"{title}, by {column}",
        f"{words}; {percent_of(results, whole)}",
        (column, *(heading for mode in results.modes for heading in (f"{mode.value} n", mode.value))),
        [[[name, *cells] for name, cells in rows.items()]],
    )


def sum_words(results: Results, event: Event) -> tuple[str, str]:
    """Title and first words of the caption of a sum."""
    if event is Event.CRITICAL:
        return f"Critical{results.critical.suffix}", results.critical.words
    return event.label, "Malfunction and Invalid-Output together"


@CAMPAIGN.at(100)
def kinds(results: Results) -> list[Table]:
    """Kinds of DUE, and why faults were masked; those that happened."""
    masked = results.masked_reasons()
    masked = masked[masked.groupby("mode")["n"].transform("sum") > 0]
    return [
        *_kinds("due", "Kinds of DUE", "the mode's DUEs", "due_kind", results.due_kinds()),
        *_kinds("masked", "Why faults were masked", "the mode's masked faults", "masked_reason", masked),
    ]


def _kinds(name: str, title: str, whole: str, column: str, counts: pd.DataFrame) -> Iterable[Table]:
    if not counts["n"].any():
        return
    modes = [str(mode) for mode in counts["mode"].unique()]
    happened = counts.groupby(column, sort=False)["n"].sum()
    rows = [
        [
            str(kind),
            *(cell for row in counts[counts[column] == kind].to_dict("records") for cell in _counted(row)),
        ]
        for kind in happened[happened > 0].index
    ]
    caption = f"percent of {whole}" if counts["share"].notna().any() else UNWEIGHTED
    columns = (column.replace("_", " "), *(heading for mode in modes for heading in (f"{mode} n", mode)))
    yield made(name, title, caption, columns, [rows])


def _counted(row: Mapping[Any, Any]) -> tuple[Cell, Cell]:
    if math.isnan(row["share"]):
        return Count(row["n"]), Missing()
    return Count(row["n"], row["total"]), share_of(row)


def shares(rows: pd.DataFrame) -> list[Cell]:
    """The cells of one row of a table of outcomes, in the order of `OutcomeClass`."""
    by_outcome = {row["outcome"]: row for row in rows.to_dict("records")}
    return [share_of(by_outcome[outcome.value]) for outcome in OutcomeClass]
