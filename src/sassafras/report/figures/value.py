"""A figure as a value: typed marks with their counts and intervals, axes, a legend, a caption, and the words
for whoever cannot see it. Whatever draws it (`svg`, `plotted`) adds nothing and leaves nothing out.

Coordinates are those of the panel's axes. Where a panel has rows, y counts lines of text from the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sassafras.report.cells import Share
from sassafras.report.figures.looks import Look
from sassafras.report.numbers import FEW

Filter = Mapping[str, str | int]
"""What of the injections a mark stands for: values by the names of the table's filters (``table.js``)."""


@dataclass(frozen=True)
class Told:
    """What a mark says when pointed at, and the injections behind it (None: the page's table has none)."""

    lines: tuple[str, ...] = ()
    filter: Filter | None = None


class Shape(StrEnum):
    """Of points; matplotlib's letter."""

    CIRCLE = "o"
    SQUARE = "s"
    DIAMOND = "D"
    DOWN = "v"
    UP = "^"
    LEFT = "<"
    RIGHT = ">"
    CROSS = "x"


@dataclass(frozen=True)
class Bar:
    """A lying bar from 0 to its share, with its interval. ``before``: the thin bar of the unhardened program.
    ``few``: of fewer than `FEW` injections. ``key``: by which the page's script finds it.
    """

    y: float
    thick: float
    look: Look
    share: Share
    label: str
    told: Told
    few: bool = False
    before: bool = False
    key: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of a stack: how many of its injections, and their share."""

    look: Look
    n: int
    share: float


@dataclass(frozen=True)
class Stack:
    """A lying bar of all outcomes. ``trials``: its injections, said at its end."""

    y: float
    thick: float
    pieces: tuple[Piece, ...]
    trials: int
    told: Told

    @property
    def few(self) -> bool:
        """Whether it is of fewer than `FEW` injections."""
        return self.trials < FEW

    @property
    def label(self) -> str:
        """What stands at its end."""
        return f"n={self.trials:,}"


@dataclass(frozen=True)
class Column:
    """A bin of a histogram, from ``low`` to ``high``: counts upon each other."""

    low: float
    high: float
    pieces: tuple[Piece, ...]
    told: Told = Told()

    @property
    def n(self) -> int:
        """How many are in it."""
        return sum(piece.n for piece in self.pieces)


@dataclass(frozen=True)
class Point:
    """A value with the ends of its interval, across (``lying``) or upright."""

    x: float
    y: float
    look: Look
    interval: tuple[float, float] | None = None
    lying: bool = True
    shape: Shape = Shape.CIRCLE
    size: float = 4.0
    few: bool = False
    told: Told = Told()


@dataclass(frozen=True)
class Range:
    """Thick from ``inner[0]`` to ``inner[1]``, thin to the ends of ``outer``."""

    y: float
    inner: tuple[float, float] | None
    outer: tuple[float, float]
    look: Look
    dotted: bool = False
    told: Told = Told()


@dataclass(frozen=True)
class Line:
    """Through points; ``steps``: to the right, then up or down."""

    points: tuple[tuple[float, float], ...]
    look: Look
    steps: bool = False
    dashed: bool = False
    key: str = ""


@dataclass(frozen=True)
class Cloud:
    """Many points that nobody points at."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Cell:
    """A count of a heat map in the unit square around its place. ``share``: of its row's ``trials``."""

    x: float
    y: float
    n: int
    trials: int
    share: float
    told: Told

    @property
    def few(self) -> bool:
        """Whether its row has fewer than `FEW`."""
        return self.trials < FEW


@dataclass(frozen=True)
class Words:
    """A remark in the drawing, such as why a row has no bars."""

    x: float
    y: float
    text: str
    look: Look = Look.SOFT
    middle: bool = False


Mark = Bar | Stack | Column | Point | Range | Line | Cloud | Cell | Words


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where, and what it says."""

    at: float
    label: str


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high`` (which may be less)."""

    low: float
    high: float
    ticks: tuple[Tick, ...] = ()
    label: str = ""
    log: bool = False
    grid: bool = True


@dataclass(frozen=True)
class RowLabel:
    """The name of a row at its line, and a second, soft one below it."""

    y: float
    name: str
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """Axes with their marks. ``lines``: its height in lines of text. ``weight``: its part of the width."""

    x: Axis
    y: Axis
    lines: float
    marks: tuple[Mark, ...]
    rows: tuple[RowLabel, ...] = ()
    title: str = ""
    weight: float = 1.0


class Sign(StrEnum):
    """How the legend shows a look."""

    BOX = "box"
    FEW = "few"
    BEFORE = "before"
    POINT = "point"
    LINE = "line"


@dataclass(frozen=True)
class Entry:
    """A line of the legend."""

    look: Look
    text: str
    sign: Sign = Sign.BOX
    shape: Shape = Shape.CIRCLE
    dashed: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure. ``name``: of its files; ``caption``: what it is of; ``note``: how to read it, where no text
    stands around it; ``alt``: what it shows, in words. ``panels``: rows of panels. ``wide``: units of the
    page that it needs at least.
    """

    name: str
    title: str
    caption: str
    note: str
    alt: str
    panels: tuple[tuple[Panel, ...], ...]
    legend: tuple[Entry, ...] = ()
    wide: int = 420

    def marks(self) -> Iterator[Mark]:
        """All marks, panel by panel."""
        for row in self.panels:
            for panel in row:
                yield from panel.marks


def with_few(legend: tuple[Entry, ...], marks: tuple[Mark, ...]) -> tuple[Entry, ...]:
    """The legend, with a line for what is of few injections where there is such a mark."""
    if not any(getattr(mark, "few", False) for mark in marks):
        return legend
    return (*legend, Entry(Look.SOFT, f"outlined: n < {FEW}", Sign.FEW))
