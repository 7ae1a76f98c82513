"""A figure drawn by matplotlib: for files, notebooks and papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import NullLocator
from matplotlib.typing import RcKeyType

from sassafras.report.figures import value as v
from sassafras.report.figures.looks import GRID, INK, SOFT, STYLES
from sassafras.report.figures.plotted_marks import SMALL, Pen, box, dashes, drawn


@dataclass(frozen=True)
class Size:
    """A figure's width in inches and the size of its letters in points; no letter is smaller than 6.5.
    ``titled``: with its title and the words about it, which in a paper are the caption's.
    """

    width: float
    letters: float
    titled: bool = False


SIZES: Mapping[int, Size] = {
    1: Size(3.45, 7.0),  # a column of IEEE and ACM papers: 3.5 and 3.33 inches
    2: Size(7.1, 8.0),  # both columns: 7.16 and 7.0 inches
}
SCREEN = Size(7.2, 8.0, titled=True)
LINE = 1.32  #: heights of a letter that a line of text takes


def style(size: Size) -> dict[RcKeyType, Any]:
    """Matplotlib's settings. Letters are embedded as TrueType (type 42) in PDF: publishers refuse type 3."""
    small = max(SMALL, size.letters - 0.5)
    return {
        "font.family": "DejaVu Sans",
        "font.size": size.letters,
        "axes.labelsize": size.letters,
        "axes.titlesize": size.letters,
        "xtick.labelsize": small,
        "ytick.labelsize": size.letters,
        "legend.fontsize": small,
        "axes.edgecolor": SOFT,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.major.size": 0.0,
        "ytick.major.size": 0.0,
        "hatch.linewidth": 0.6,
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "sassafras",
    }


def draw(figure: v.Figure, size: Size = SCREEN) -> Drawing:
    """The figure. Save it within `style` as well: text takes its font when it is laid out."""
    with mpl.rc_context(style(size)):
        layout = ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.03, wspace=0.02, hspace=0.02)
        made = Drawing(figsize=(size.width, _height(figure, size)), layout=layout)
        grid = made.add_gridspec(
            len(figure.panels),
            len(figure.panels[0]),
            width_ratios=[panel.weight for panel in figure.panels[0]],
            height_ratios=[max(panel.lines for panel in row) + 1.0 for row in figure.panels],
        )
        for number, row in enumerate(figure.panels):
            for column, panel in enumerate(row):
                last = number == len(figure.panels) - 1
                _panel(made.add_subplot(grid[number, column]), panel, size, labelled=last)
        _around(made, figure, size)
    return made


def _height(figure: v.Figure, size: Size) -> float:
    """Inches: every line of the panels, and what stands around them."""
    lines = sum(max(panel.lines for panel in row) + 2.2 for row in figure.panels)
    lines += 1.5 + _legend_rows(figure, size) * 1.3
    if size.titled:
        lines += 2.0 + len(_wrapped(figure, size).splitlines())
    return lines * size.letters * LINE / 72


def _panel(axes: Axes, panel: v.Panel, size: Size, *, labelled: bool) -> None:
    if panel.x.log:
        axes.set_xscale("log")
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks([tick.at for tick in panel.x.ticks], [tick.label for tick in panel.x.ticks])
    axes.set_yticks([tick.at for tick in panel.y.ticks], [tick.label for tick in panel.y.ticks])
    for axis, shown in (("x", panel.x), ("y", panel.y)):
        _grid(axes, axis, shown)
    axes.set_axisbelow(True)
    if labelled:
        axes.set_xlabel(panel.x.label)
    axes.set_ylabel(panel.y.label)
    if panel.title:
        axes.set_title(panel.title, loc="left")
    if panel.rows:
        axes.set_yticks([row.y for row in panel.rows], [_name(row.name, row.note) for row in panel.rows])
        for label in axes.get_yticklabels():
            label.set_verticalalignment("center_baseline" if "\n" not in label.get_text() else "top")
        _first_line_at_the_row(axes, size)
    for mark in panel.marks:
        drawn(mark, Pen(axes, size.letters))


def _first_line_at_the_row(axes: Axes, size: Size) -> None:
    """Names of two lines begin at their row."""
    from matplotlib.transforms import ScaledTranslation

    up = ScaledTranslation(0, 0.55 * size.letters / 72, axes.figure.dpi_scale_trans)
    for label in axes.get_yticklabels():
        if "\n" in label.get_text():
            label.set_transform(label.get_transform() + up)


def _name(name: str, note: str) -> str:
    return f"{name}\n{note}" if note else name


def _grid(axes: Axes, name: Any, axis: v.Axis) -> None:
    if axis.grid and axis.ticks:
        axes.grid(axis=name, color=GRID, linewidth=0.5)


def _around(made: Drawing, figure: v.Figure, size: Size) -> None:
    title = figure.title if size.titled else None
    if size.titled:
        note = _wrapped(figure, size)
        made.supxlabel(note, x=0.01, ha="left", fontsize=max(SMALL, size.letters - 1), color=SOFT)
    if figure.legend or title:
        made.legend(
            handles=[_handle(entry) for entry in figure.legend],
            title=title,  # laid out together: a title of the figure would lie upon the legend
            title_fontproperties={"size": size.letters + 1.5, "weight": "bold"},
            alignment="left",
            loc="outside upper left",
            ncols=_legend_columns(figure, size),
            frameon=False,
            handlelength=1.4,
            handleheight=1.0,
            columnspacing=1.0,
            borderpad=0.1,
        )


def _wrapped(figure: v.Figure, size: Size) -> str:
    """Caption and note, folded to the width."""
    import textwrap

    letters = int(size.width * 72 / (max(SMALL, size.letters - 1) * 0.53))
    told = [line for line in (figure.caption, figure.note) if line]
    return "\n".join(part for line in told for part in textwrap.wrap(line, letters))


def _legend_columns(figure: v.Figure, size: Size) -> int:
    """As many entries beside each other as there is room for."""
    widest = max((len(entry.text) for entry in figure.legend), default=1)
    return max(1, min(len(figure.legend), int(size.width * 72 / ((widest * 0.56 + 2.6) * size.letters))))


def _legend_rows(figure: v.Figure, size: Size) -> int:
    return -(-len(figure.legend) // _legend_columns(figure, size))


def _handle(entry: v.Entry) -> Patch | Line2D:
    colour = STYLES[entry.look].colour
    if entry.sign is v.Sign.POINT:
        return Line2D(
            [], [], color=colour, marker=entry.shape.value, markersize=4, linewidth=1.0, label=entry.text
        )
    if entry.sign is v.Sign.LINE:
        return Line2D(
            [], [], color=colour, linewidth=1.0, linestyle=dashes(dashed=entry.dashed), label=entry.text
        )
    patch: Rectangle = box(
        (0, 0), 1, 1, entry.look, few=entry.sign is v.Sign.FEW, before=entry.sign is v.Sign.BEFORE
    )
    patch.set_label(entry.text)
    return patch
