"""Grouped bars with their intervals, lying: kernels or layers down the page, so that it may be as narrow as a
phone (paper Figures 4 to 9; with ``after`` 10 to 15).
"""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.chart import Bar, Chart, Group, label
from sassafras.report.page.marks import WIDTH, Filter, Item, Tick, item, percent_tick, share_ticks
from sassafras.report.page.wording import bar_text, style_of

LEFT = 112  #: names of the groups
RIGHT = 46  #: the label of a bar that reaches the end
TOP = 20  #: the axis
BAR = 12.0
THIN = 6.0  #: a bar of the unhardened program above its successor
GAP = 12.0  #: between groups
DASH = "–"  #: no injections
EMPTY = 20.0  #: height of a group that has no bars


@dataclass(frozen=True)
class PlacedBar:
    """A bar: y, height, end of the bar, ends of its whisker, its label and where that begins."""

    item: Item
    style: str
    y: float
    height: float
    end: float
    low: float
    high: float
    label: str
    label_x: float
    before: bool

    @property
    def middle(self) -> float:
        """Where whisker and label are."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class PlacedGroup:
    """A kernel or layer: its name, a second line, the top of its band and its height."""

    name: str
    note: str
    y: float
    height: float
    empty: str
    bars: tuple[PlacedBar, ...]


@dataclass(frozen=True)
class BarFigure:
    """A figure with coordinates. ``left``: where the axis begins."""

    name: str
    title: str
    height: float
    left: float
    right: float
    ticks: tuple[Tick, ...]
    groups: tuple[PlacedGroup, ...]
    width: float = WIDTH


def place_bars(chart: Chart, column: str, mode: str, after: Chart | None = None) -> BarFigure:
    """A chart with coordinates. ``column``: what its groups are, "kernel" or "layer". ``after``: the same
    chart of the hardened program; then each bar has a thin one above it for the unhardened program.
    """
    scale = (WIDTH - LEFT - RIGHT) / chart.top
    y = float(TOP)
    groups = []
    for number, group in enumerate(chart.groups):
        later = None if after is None else after.groups[number]
        placed = _group(chart, group, later, {"mode": mode, column: group.name}, y, scale)
        groups.append(placed)
        y += placed.height + GAP
    ticks = tuple(Tick(LEFT + share * scale, percent_tick(share)) for share in share_ticks(chart.top))
    return BarFigure(
        chart.name, chart.title, y - GAP + 6, LEFT, LEFT + chart.top * scale, ticks, tuple(groups)
    )


def _group(
    chart: Chart, group: Group, after: Group | None, chosen: Filter, top: float, scale: float
) -> PlacedGroup:
    if group.empty and (after is None or after.empty):
        return PlacedGroup(group.name, group.note, top, EMPTY, group.empty, ())
    bars = []
    y = top
    for outcome in chart.classes:
        if after is not None:
            bars.append(_bar(group, outcome, chosen, y, THIN, scale, "unhardened", faint=True))
            y += THIN
        shown = group if after is None else after
        when = "" if after is None else "hardened"
        bars.append(_bar(shown, outcome, chosen, y, BAR, scale, when))
        y += BAR + 2
    return PlacedGroup(group.name, group.note, top, y - 2 - top, "", tuple(bars))


def _bar(
    group: Group,
    outcome: OutcomeClass,
    chosen: Filter,
    y: float,
    height: float,
    scale: float,
    program: str,
    *,
    faint: bool = False,
) -> PlacedBar:
    bar = group.bars[outcome]
    mode, name = chosen["mode"], " ".join(filter(None, (group.name, group.note)))
    told = item(
        [
            f"{mode}, {name}" + (f", {program}" if program else ""),
            f"{outcome.label}: {bar_text(bar)}",
            f"{bar.n:,} injections; {group.trials:,} in all here",
        ],
        None if program == "hardened" else {**chosen, "outcome": outcome.value},
    )
    return PlacedBar(
        item=told,
        style=style_of(outcome),
        y=y,
        height=height,
        end=LEFT + (bar.share or 0.0) * scale,
        low=LEFT + bar.low * scale,
        high=LEFT + _high(bar) * scale,
        label="" if faint else label(bar) if bar.share is not None else DASH,
        label_x=LEFT + _high(bar) * scale + 4,
        before=faint,
    )


def _high(bar: Bar) -> float:
    """The upper end of the whisker; of bars without trials nothing is drawn."""
    return bar.high if bar.share is not None else 0.0
