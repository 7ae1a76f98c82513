"""Bars for papers: the figures of CKV and CLV (paper Figures 4 to 15) in the width of one or two columns.
Without a title: that is the caption's.
"""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from sassafras.report.chart import Bar, Chart, Group, label
from sassafras.report.palette import COLOURS, EMPTY, FAINT, GRID, INK
from sassafras.report.paper_style import Size, style

GROUP_WIDTH = 0.84
MANY = 8  #: groups; with more there is room for labels above the bars only across both columns


def paper_bars(chart: Chart, size: Size) -> Figure:
    """The figure of a chart. Bars are labelled in percent where there is room for it."""
    labelled = size.columns == 2 or len(chart.groups) <= MANY
    with mpl.rc_context(style(size)):
        figure = Figure(figsize=(size.width, 2.5 if size.columns == 2 else 2.3), layout="constrained")
        axes = figure.add_subplot()
        for position, group in enumerate(chart.groups):
            _draw_group(axes, position, group, chart, size, labelled=labelled)
        _frame(figure, axes, chart, size, labelled=labelled)
    return figure


def _draw_group(axes: Axes, x: int, group: Group, chart: Chart, size: Size, *, labelled: bool) -> None:
    if group.empty:
        axes.axvspan(x - 0.46, x + 0.46, color=EMPTY, linewidth=0, zorder=0)
        words = {"rotation": 90, "ha": "center", "va": "center", "color": FAINT}
        axes.text(x, chart.top / 2, group.empty, fontsize=size.letters - 1, **words)  # type: ignore[arg-type]
        return
    width = GROUP_WIDTH / len(chart.classes)
    for number, outcome in enumerate(chart.classes):
        place = x + (number - (len(chart.classes) - 1) / 2) * width
        bar = group.bars[outcome]
        axes.bar(place, bar.share or 0.0, 0.9 * width, color=COLOURS[outcome], zorder=2)
        axes.vlines(place, bar.low, bar.high, color=INK, linewidth=0.7 if bar.n else 0.4, zorder=3)
        if labelled:
            _label(axes, place, bar, size)


def _label(axes: Axes, x: float, bar: Bar, size: Size) -> None:
    axes.annotate(
        label(bar),
        (x, bar.high),
        xytext=(0, 1.5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        rotation=90,
        fontsize=size.letters - 2.5,
        color=INK if bar.n else FAINT,
        annotation_clip=False,
    )


def _frame(figure: Figure, axes: Axes, chart: Chart, size: Size, *, labelled: bool) -> None:
    axes.set_xlim(-0.55, len(chart.groups) - 0.45)
    axes.set_ylim(0, chart.top * (1.14 if labelled else 1.0))
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= chart.top + 1e-9])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    names = [_name(group, size) for group in chart.groups]
    axes.set_xticks(range(len(names)), names)
    if size.columns == 1 and any(len(name) > 4 for name in names):
        axes.tick_params(axis="x", rotation=35)
        for tick in axes.get_xticklabels():
            tick.set_horizontalalignment("right")
            tick.set_rotation_mode("anchor")
    if chart.groups[0].note:
        axes.set_xlabel("layer")
    axes.set_ylabel(chart.axis)
    figure.legend(
        handles=[Patch(color=COLOURS[outcome], label=outcome.label) for outcome in chart.classes],
        loc="outside upper center",
        ncols=len(chart.classes) if size.columns == 2 else 2,
        frameon=False,
        handlelength=1.0,
        handleheight=1.0,
        columnspacing=1.0,
        borderpad=0.1,
    )


def _name(group: Group, size: Size) -> str:
    """A layer's number, with its kind where there is room for it; a kernel's name."""
    return f"{group.name}\n{group.note}" if group.note and size.columns == 2 else group.name
