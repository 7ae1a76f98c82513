"""A comparison: the shares of all campaigns on one axis, and beside them the differences from the first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sassafras.analysis.compare import Compared, Part
from sassafras.analysis.events import Event
from sassafras.faults.model import Mode
from sassafras.report.cells import share_of
from sassafras.report.figures import value as v
from sassafras.report.figures.axes import both_ways, lines_axis, rounded_up, share_axis
from sassafras.report.figures.looks import CAMPAIGNS, Look
from sassafras.report.figures.vulnerability import SHORT
from sassafras.report.numbers import FEW, NOT_STRUCK, signed
from sassafras.report.tables.compare import intervals, struck

SHAPES = (
    v.Shape.CIRCLE,
    v.Shape.SQUARE,
    v.Shape.DIAMOND,
    v.Shape.DOWN,
    v.Shape.UP,
    v.Shape.LEFT,
    v.Shape.RIGHT,
    v.Shape.CROSS,
)
TITLES = {
    Part.MODE: "Outcomes",
    Part.KERNEL: "Critical faults by kernel (CKV)",
    Part.LAYER: "Critical faults by layer (CLV)",
}
NAMES = {Part.MODE: "outcomes", Part.KERNEL: "kernels", Part.LAYER: "layers"}


def comparison(compared: Compared) -> list[v.Figure]:
    """Outcomes, kernels and, where the campaigns share them, layers: a row of panels per mode."""
    parts = [Part.MODE, Part.KERNEL]
    parts += [] if compared.contest.layers is None else [Part.LAYER]
    return [_figure(compared, part) for part in parts]


def lines(compared: Compared, part: Part) -> Mapping[str, str]:
    """Labels of the lines by event, kernel or layer; layers without injections have none."""
    if part is Part.MODE:
        return {event.value: event.label for event in compared.events}
    if part is Part.KERNEL:
        return {kernel: kernel for kernel in compared.contest.kernels}
    shares = compared.shares
    there = set(shares[(shares["part"] == part.value) & (shares["total"] > 0)]["value"])
    kinds = compared.contest.layers or ()
    return {str(k): f"{k} {SHORT.get(kind, kind)}" for k, kind in enumerate(kinds) if str(k) in there}


def _figure(compared: Compared, part: Part) -> v.Figure:
    contest = compared.contest
    shares, differences = _own(compared.shares, part), _own(compared.differences, part)
    ends = [share_of(row).end for row in shares.to_dict("records") if row["total"]]
    top = rounded_up(max(ends, default=1.0))
    widest = max(
        (abs(end) for name in ("low", "high") for end in differences[name] if math.isfinite(end)), default=0.0
    )
    panels = []
    for mode in contest.modes:
        own = shares[shares["mode"] == mode.value], differences[differences["mode"] == mode.value]
        panels.append(_row(compared, part, mode, own, top, min(1.0, widest * 1.05) or 0.05))
    title = TITLES[part] + compared.critical.suffix
    legend = tuple(
        v.Entry(CAMPAIGNS[k], f"{c.letter}  {c.name}", v.Sign.POINT, SHAPES[k])
        for k, c in enumerate(contest.contenders)
    )
    marks = tuple(mark for row in panels for panel in row for mark in panel.marks)
    alike = len({c.sampling.intervals for c in contest.contenders}) == 1
    made = intervals(contest) if alike else "each as its campaign was sampled"
    what = "the layer's" if part is Part.LAYER else "the mode's"
    caption = f"shares of {what} {struck(contest)}; right: difference from A in percentage points"
    note = f"95 % intervals ({made}); where none was seen, to the one-sided 95 % upper bound."
    return v.Figure(
        f"compare_{NAMES[part]}", title, caption, note, _alt(title, differences), tuple(panels),
        v.with_few(legend, marks), 560,
    )  # fmt: skip


def _own(table: pd.DataFrame, part: Part) -> pd.DataFrame:
    """The part's rows; of kernels and layers critical faults alone."""
    own = table[table["part"] == part.value]
    return own if part is Part.MODE else own[own["event"] == Event.CRITICAL.value]


def _row(
    compared: Compared,
    part: Part,
    mode: Mode,
    own: tuple[pd.DataFrame, pd.DataFrame],
    top: float,
    most: float,
) -> tuple[v.Panel, v.Panel]:
    labels, letters = lines(compared, part), [c.letter for c in compared.contest.contenders]
    step = 0.75 if len(letters) > 2 else 0.85
    high = step * len(letters) + 0.5
    names = list(labels)
    column = "event" if part is Part.MODE else "value"

    def line(row: Mapping[Any, Any]) -> float:
        return names.index(row[column]) * high + (letters.index(row["campaign"]) + 0.5) * step

    left = tuple(
        _dot(row, line(row), labels[row[column]], letters)
        for row in own[0].to_dict("records")
        if row[column] in labels
    )
    right: tuple[v.Mark, ...] = (
        v.Line(((0.0, 0.0), (0.0, len(names) * high)), Look.SOFT),
        *(
            _difference(row, line(row), labels[row[column]], letters)
            for row in own[1].to_dict("records")
            if row[column] in labels
        ),
    )
    rows = tuple(v.RowLabel(k * high + step * len(letters) / 2, labels[name]) for k, name in enumerate(names))
    total = max(1.0, len(names) * high)
    return (
        v.Panel(
            share_axis(top, "share", 4),
            lines_axis(total),
            total,
            left,
            rows,
            _title(compared, mode),
            1.5,
        ),
        v.Panel(both_ways(most, "difference, points"), lines_axis(total), total, right),
    )


def _title(compared: Compared, mode: Mode) -> str:
    """The mode, and how many injections of it each campaign has."""
    counts = [(c.letter, int((c.rows["mode"] == mode.value).sum())) for c in compared.contest.contenders]
    return f"mode {mode.value}; n: {', '.join(f'{letter} {n:,}' for letter, n in counts)}"


def _dot(row: Mapping[Any, Any], y: float, label: str, letters: list[str]) -> v.Mark:
    found, number = share_of(row), letters.index(row["campaign"])
    if math.isnan(found.value):
        return v.Words(0.0, y, NOT_STRUCK)
    told = v.Told(
        (f"{row['campaign']}, {row['mode']}, {label}", found.said, f"{found.events:,} of {found.trials:,}")
    )
    return v.Point(
        found.value, y, CAMPAIGNS[number], (found.low, found.end), shape=SHAPES[number],
        few=found.few, told=told,
    )  # fmt: skip


def _difference(row: Mapping[Any, Any], y: float, label: str, letters: list[str]) -> v.Point:
    number = letters.index(row["campaign"])
    ends = (float(row["low"]), float(row["high"]))
    said = f"{signed(row['difference'])} points ({signed(ends[0])} to {signed(ends[1])})"
    told = v.Told((f"{row['campaign']} − A, {row['mode']}, {label}", said))
    few = min(int(row["total"]), int(row["total_reference"])) < FEW
    return v.Point(row["difference"], y, CAMPAIGNS[number], ends, shape=SHAPES[number], few=few, told=told)


def _alt(title: str, differences: pd.DataFrame) -> str:
    largest = differences.reindex(differences["difference"].abs().sort_values(ascending=False).index).head(3)
    told = [
        f"{r['campaign']} {r['mode']} {r['value']} {r['event']} {signed(r['difference'])}"
        for r in largest.to_dict("records")
    ]
    found = ", ".join(told) or "none"
    return f"{title}: points with 95 % intervals and differences from A; largest differences: {found}"
