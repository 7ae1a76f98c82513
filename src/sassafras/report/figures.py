"""Drawing: a chart becomes a PNG that can be read at the width of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter
from matplotlib.typing import RcKeyType

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.chart import Bar, Chart, Group, label
from sassafras.report.palette import COLOURS, EMPTY, FAINT, GRID, INK

WIDTH = 7.2  #: inches: two columns of a paper
HEIGHT = 3.5
DPI = 200
GROUP_WIDTH = 0.84  #: of the distance between groups
HEADROOM = 1.12  #: of the height of the axes: room for the label of a whisker that reaches the top

STYLE: dict[RcKeyType, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0.0,
    "svg.hashsalt": "sassafras",
}


def draw(chart: Chart) -> Figure:
    """The figure of a chart: bars with their intervals, each labelled with its share in percent.

    Save it within `STYLE` as well: text takes its font when it is laid out.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        for position, group in enumerate(chart.groups):
            if group.empty:
                _draw_empty(axes, position, group, chart.top)
            else:
                _draw_group(axes, position, group, chart)
        _frame(figure, axes, chart)
    return figure


def write_figures(folder: Path, charts: Sequence[Chart]) -> list[Path]:
    """Draw the charts to ``folder/NAME.png``; the same chart gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for chart in charts:
        path = folder / f"{chart.name}.png"
        partial = path.with_suffix(".partial")
        with mpl.rc_context(STYLE):
            draw(chart).savefig(partial, format="png", dpi=DPI, metadata={"Software": None})
        partial.replace(path)
        paths.append(path)
    return paths


def _draw_group(axes: Axes, position: int, group: Group, chart: Chart) -> None:
    width = GROUP_WIDTH / len(chart.classes)
    for number, outcome in enumerate(chart.classes):
        x = position + (number - (len(chart.classes) - 1) / 2) * width
        _draw_bar(axes, x, width, outcome, group.bars[outcome])


def _draw_bar(axes: Axes, x: float, width: float, outcome: OutcomeClass, bar: Bar) -> None:
    share = bar.share or 0.0
    colour = COLOURS[outcome]
    # Patches and lines as such: ``bar`` and ``vlines`` also look after units, limits and legends, each time.
    axes.add_patch(
        Rectangle((x - 0.44 * width, 0), 0.88 * width, share, facecolor=colour, edgecolor="none", zorder=2)
    )
    # No events: the whisker alone says how much may have been missed.
    ends, line = [(x, bar.low), (x, bar.high)], (INK, 0.9) if bar.n else (colour, 0.7)
    whisker = LineCollection([ends], colors=line[0], linewidths=line[1], zorder=3)
    axes.add_collection(whisker, autolim=False)
    axes.annotate(
        label(bar),
        (x, bar.high),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=6,
        rotation=90,
        color=INK if bar.n else FAINT,
        annotation_clip=False,
    )


def _draw_empty(axes: Axes, position: int, group: Group, top: float) -> None:
    axes.axvspan(position - 0.46, position + 0.46, color=EMPTY, linewidth=0, zorder=0)
    axes.text(position, top / 2, group.empty, rotation=90, ha="center", va="center", color=FAINT, fontsize=7)


def _frame(figure: Figure, axes: Axes, chart: Chart) -> None:
    axes.set_xlim(-0.55, len(chart.groups) - 0.45)
    axes.set_ylim(0, chart.top * HEADROOM)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=False))
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= chart.top + 1e-9])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xticks(range(len(chart.groups)), [_tick(group) for group in chart.groups])
    axes.tick_params(axis="x", labelsize=7 if len(chart.groups) > 8 else 8)
    axes.set_ylabel(chart.axis)
    figure.suptitle(chart.title, x=0.01, ha="left", fontsize=9.5, fontweight="bold")
    figure.supxlabel(chart.note, x=0.01, ha="left", fontsize=6.5, color=FAINT)
    figure.legend(
        handles=[Patch(color=COLOURS[outcome], label=outcome.label) for outcome in chart.classes],
        loc="outside upper right",
        ncols=len(chart.classes),
        frameon=False,
        fontsize=7.5,
        handlelength=1.0,
        handleheight=1.0,
        columnspacing=1.2,
    )


def _tick(group: Group) -> str:
    lines = [group.name, group.note, "" if group.empty else f"n = {group.trials}"]
    return "\n".join(line for line in lines if line)
