"""Dot plots of a comparison: a panel per mode, a line per outcome, kernel or layer, a dot per campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from sassafras.analysis.compare import Compared, Part
from sassafras.analysis.events import Event
from sassafras.report.chart import SHORT
from sassafras.report.figures import STYLE, WIDTH
from sassafras.report.palette import FAINT, GRID, INK
from sassafras.report.tables.compare import intervals, struck

#: Campaigns: shapes first, and colours that stand for no outcome, told apart in grey print by the shapes.
SHAPES = "osD^vPX*"
COLOURS = ("#222222", "#882255", "#56B4E9", "#777777", "#8A5A83", "#2F6E9E", "#AAAAAA", "#4D4D4D")
SPREAD = 0.62  #: of the distance between lines: how far the campaigns of a line stand apart

TITLES = {
    Part.MODE: "Outcomes: share of the mode's {}",
    Part.KERNEL: "Critical faults by kernel (CKV): share of the mode's {}",
    Part.LAYER: "Critical faults by layer (CLV): share of the layer's {}",
}


@dataclass(frozen=True)
class Dot:
    """A share in 0..1 with its interval; ``line``: number of the line from the top; ``campaign``: letter."""

    line: int
    campaign: str
    share: float
    low: float
    high: float


def compare_figures(compared: Compared) -> dict[str, Figure]:
    """Figures by name: outcomes, kernels and, where the campaigns share them, layers."""
    parts = {"outcomes": Part.MODE, "kernels": Part.KERNEL}
    if compared.contest.layers is not None:
        parts["layers"] = Part.LAYER
    return {name: _draw(compared, part) for name, part in parts.items()}


def dots(compared: Compared, part: Part, mode: str) -> list[Dot]:
    """What a panel shows: of outcomes every event, of kernels and layers Critical; lines as in `lines`."""
    names = list(lines(compared, part))
    rows = compared.shares
    rows = rows[(rows["part"] == part.value) & (rows["mode"] == mode) & rows["share"].notna()]
    column = "event" if part is Part.MODE else "value"
    if part is not Part.MODE:
        rows = rows[rows["event"] == Event.CRITICAL.value]
    return [
        Dot(names.index(row[column]), str(row["campaign"]), row["share"], row["low"], row["high"])
        for row in rows.to_dict("records")
        if row[column] in names
    ]


def lines(compared: Compared, part: Part) -> Mapping[str, str]:
    """Labels of the lines by event, kernel or layer; layers without injections have none."""
    if part is Part.MODE:
        return {event.value: event.label for event in compared.events}
    if part is Part.KERNEL:
        return {kernel: kernel for kernel in compared.contest.kernels}
    struck = _struck(compared.shares)
    kinds = compared.contest.layers or ()
    return {str(k): f"{k} {SHORT.get(kind, kind)}" for k, kind in enumerate(kinds) if str(k) in struck}


def _struck(shares: pd.DataFrame) -> set[str]:
    rows = shares[(shares["part"] == Part.LAYER.value) & (shares["total"] > 0)]
    return set(rows["value"])


def _draw(compared: Compared, part: Part) -> Figure:
    contest, labels = compared.contest, list(lines(compared, part).values())
    letters = [c.letter for c in contest.contenders]
    height = 1.3 + max(1.2, len(labels) * (0.16 + 0.11 * len(letters)))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        panels = figure.subplots(1, len(contest.modes), sharey=True, squeeze=False)[0]
        for axes, mode in zip(panels, contest.modes, strict=True):
            _draw_panel(axes, dots(compared, part, mode.value), letters)
            _frame(axes, f"mode {mode.value}", labels)
        title = TITLES[part].format(struck(contest)) + compared.critical.suffix
        figure.suptitle(title, x=0.01, ha="left", fontsize=9.5, fontweight="bold")
        alike = len({c.sampling.intervals for c in contest.contenders}) == 1
        made = f"95 % intervals ({intervals(contest) if alike else 'each as its campaign was sampled'})"
        figure.supxlabel(made, x=0.01, ha="left", fontsize=6.5, color=FAINT)
        figure.legend(
            handles=[_handle(k, f"{c.letter}  {c.name}") for k, c in enumerate(contest.contenders)],
            loc="outside lower right",
            ncols=1 if max(len(c.name) for c in contest.contenders) > 30 else 3,
            frameon=False,
            fontsize=7,
        )
    return figure


def _draw_panel(axes: Axes, shown: Sequence[Dot], letters: Sequence[str]) -> None:
    step = SPREAD / max(1, len(letters))
    for dot in shown:
        number = letters.index(dot.campaign)
        y = dot.line + (number - (len(letters) - 1) / 2) * step
        colour = COLOURS[number]
        axes.hlines(y, dot.low, dot.high, color=colour, linewidth=1.1, zorder=2)
        axes.plot(dot.share, y, SHAPES[number], color=colour, markersize=4, zorder=3, clip_on=False)


def _frame(axes: Axes, title: str, labels: Sequence[str]) -> None:
    axes.set_title(title, fontsize=8, loc="left", color=INK)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), list(labels))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.tick_params(axis="y", length=0)
    for border in range(1, len(labels)):
        axes.axhline(border - 0.5, color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)


def _handle(number: int, label: str) -> Line2D:
    return Line2D(
        [], [], color=COLOURS[number], marker=SHAPES[number], markersize=4, linewidth=1.1, label=label
    )
