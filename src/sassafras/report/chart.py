"""The data of the figures, apart from their drawing (paper Figures 4 to 9)."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import LayerRecord, Results
from sassafras.faults.model import Mode
from sassafras.report.numbers import bound_percent, percent

CKV_CLASSES = (
    OutcomeClass.MALFUNCTION,
    OutcomeClass.INVALID_OUTPUT,
    OutcomeClass.LIGHT_MALFUNCTION,
    OutcomeClass.DUE,
)
CLV_CLASSES = (
    OutcomeClass.MALFUNCTION,
    OutcomeClass.INVALID_OUTPUT,
    OutcomeClass.LIGHT_MALFUNCTION,
    OutcomeClass.NO_MALFUNCTION,
    OutcomeClass.DUE,
)

Row = Mapping[Hashable, Any]  #: of a table of the analysis (`vulnerability`)

PAPER = "The paper's Malfunction: Malfunction and Invalid-Output together."
NONE_SEEN = 'Bars labelled "<": none seen; the one-sided 95 % upper bound.'

#: Names of layers short enough to stand side by side.
SHORT = {"convolutional": "conv", "connected": "conn"}


@dataclass(frozen=True)
class Bar:
    """A share in 0..1 with its interval and count; ``share`` is None where there were no injections.
    ``below``: where no event was seen, the one-sided upper bound.
    """

    n: int
    share: float | None
    low: float
    high: float
    below: float | None = None


@dataclass(frozen=True)
class Group:
    """Bars side by side: a kernel or a layer. ``trials``: injections in it. ``empty``: why it has no bars,
    or "".
    """

    name: str
    note: str
    trials: int
    bars: dict[OutcomeClass, Bar]
    empty: str = ""


@dataclass(frozen=True)
class Chart:
    """A figure of grouped bars. ``top``: where the y axis ends, as a share; equal for the figures of one
    metric.
    """

    name: str
    title: str
    note: str
    axis: str
    classes: tuple[OutcomeClass, ...]
    groups: tuple[Group, ...]
    top: float


def ckv_charts(results: Results) -> list[Chart]:
    """CKV per mode, a group per kernel of the campaign (paper Figures 4 to 6)."""
    tables = {mode: results.ckv(mode) for mode in results.modes}
    highest = max(
        (float(t[t["outcome"].isin([c.value for c in CKV_CLASSES])]["high"].max()) for t in tables.values()),
        default=1.0,
    )
    return [_ckv_chart(results, mode, tables[mode], _round_up(highest)) for mode in results.modes]


def clv_charts(results: Results) -> list[Chart]:
    """CLV per mode, a group per layer of the network (paper Figures 7 to 9)."""
    return [_clv_chart(results, mode) for mode in results.modes]


def charts(results: Results) -> list[Chart]:
    """All figures of a campaign."""
    return ckv_charts(results) + clv_charts(results)


def _round_up(share: float) -> float:
    """To the next 5 %."""
    return min(1.0, math.ceil(share * 20) / 20)


def _ckv_chart(results: Results, mode: Mode, table: pd.DataFrame, top: float) -> Chart:
    n = results.injected(mode)
    shares = results.sampling.share_of("the mode's")
    hidden = f"Shares of {shares}; Masked and No-Malfunction not drawn"
    rows = table_rows(table, "kernel")
    groups = tuple(_group(kernel, rows[kernel], CKV_CLASSES) for kernel in results.kernels)
    return Chart(
        name=f"ckv_{mode.value}",
        title=f"Kernel vulnerability (CKV), mode {mode.value}",
        note=f"{_setting(results, n)} {NONE_SEEN}\n{hidden};{_whiskers(results)}\n{PAPER}",
        axis=f"share of the mode's {_counted(results)}",
        classes=CKV_CLASSES,
        groups=groups,
        top=top,
    )


def _clv_chart(results: Results, mode: Mode) -> Chart:
    rows = table_rows(results.clv(mode), "layer")
    n = results.injected(mode)
    shares = results.sampling.share_of("each layer's")
    return Chart(
        name=f"clv_{mode.value}",
        title=f"Layer vulnerability (CLV), mode {mode.value}",
        note=(
            f"{_setting(results, n)} {NONE_SEEN}\nShares of {shares}; Masked not drawn;{_whiskers(results)}"
            f"\n{PAPER}"
        ),
        axis=f"share of the layer's {_counted(results)}",
        classes=CLV_CLASSES,
        groups=tuple(_layer_group(layer, rows[layer.index]) for layer in results.layers),
        top=1.0,
    )


def _layer_group(layer: LayerRecord, rows: Mapping[str, Row]) -> Group:
    empty = "" if layer.launches else "no launches"
    return _group(layer.index, rows, CLV_CLASSES, note=SHORT.get(layer.kind, layer.kind), empty=empty)


def _group(
    value: str | int,
    rows: Mapping[str, Row],
    classes: tuple[OutcomeClass, ...],
    note: str = "",
    empty: str = "",
) -> Group:
    trials = sum(int(row["n"]) for row in rows.values())
    bars = {c: bar_of(rows[c.value]) for c in classes}
    if not empty and all(bar.share is None for bar in bars.values()):
        empty = "no injections"
    return Group(str(value), note, trials, bars, empty)


def table_rows(table: pd.DataFrame, column: str) -> dict[Any, dict[str, Row]]:
    """The rows of a table of the analysis, by the value of its column and by outcome, in their order."""
    found: dict[Any, dict[str, Row]] = {}
    for row in table.to_dict("records"):
        found.setdefault(row[column], {})[str(row["outcome"])] = row
    return found


def bar_of(row: Row) -> Bar:
    """A row of a table of the analysis as a bar."""
    share, low, high, below = (float(row[name]) for name in ("share", "low", "high", "below"))
    return Bar(
        int(row["n"]), None if math.isnan(share) else share, low, high, None if math.isnan(below) else below
    )


def label(bar: Bar) -> str:
    """Above a bar, in percent: its share, or the bound below which an unseen one lies ("<0.30")."""
    return percent(bar.share or 0.0) if bar.below is None else f"<{bound_percent(bar.below)}"


def _whiskers(results: Results) -> str:
    """On a line of their own where a figure is too narrow for more."""
    space = " " if results.sampling.stratify is None else "\n"
    return f"{space}whiskers: 95 % intervals ({results.sampling.intervals})."


def _counted(results: Results) -> str:
    return "injections" if results.sampling.stratify is None else "faults"


def _setting(results: Results, n: int) -> str:
    frames = f"{results.frames} {'synthetic ' if results.synthetic else ''}frame{'s' * (results.frames != 1)}"
    return f"n = {n} injections; {results.network} on {results.arch}, {frames}, seed {results.seed}."
