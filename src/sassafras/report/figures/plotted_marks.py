"""The marks of a figure by matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from sassafras.report.figures import value as v
from sassafras.report.figures.looks import EMPTY, INK, SOFT, STYLES, Look

SMALL = 6.5  #: points: no letter is smaller


@dataclass(frozen=True)
class Pen:
    """Where marks are drawn, and the size of letters in points."""

    axes: Axes
    letters: float


def dashes(*, dashed: bool) -> Literal["--", "-"]:
    """Matplotlib's line style."""
    return "--" if dashed else "-"


def box(
    corner: tuple[float, float],
    width: float,
    height: float,
    look: Look,
    *,
    few: bool = False,
    before: bool = False,
) -> Rectangle:
    """A rectangle as a look has it: filled and hatched; of few injections outlined; of the program before
    pale.
    """
    style = STYLES[look]
    if few:
        return Rectangle(
            corner, width, height, facecolor="white", edgecolor=style.colour, linestyle=(0, (2, 1.2)),
            linewidth=0.8, zorder=2,
        )  # fmt: skip
    face = _mixed(style.colour, "#FFFFFF", 0.45) if before else style.colour
    hatch = None if before else style.hatch or None
    return Rectangle(
        corner, width, height, facecolor=face, edgecolor=_mixed(style.colour, "#000000", 0.5), linewidth=0.0,
        hatch=hatch, zorder=2,
    )  # fmt: skip


def _mixed(one: str, other: str, part: float) -> tuple[float, float, float]:
    """So much of a colour, the rest of another."""
    pairs = zip(to_rgb(one), to_rgb(other), strict=True)
    red, green, blue = (part * a + (1 - part) * b for a, b in pairs)
    return red, green, blue


@singledispatch
def drawn(mark: v.Mark, pen: Pen) -> None:
    """Draw a mark."""
    raise TypeError(f"nothing draws {mark!r} with {pen!r}")


def _written(pen: Pen, text: str, x: float, y: float, **words: object) -> None:
    pen.axes.annotate(
        text, (x, y), xytext=(2.5, 0), textcoords="offset points", va="center_baseline",
        fontsize=max(SMALL, pen.letters - 1.5), annotation_clip=False, **words,  # type: ignore[arg-type]
    )  # fmt: skip


@drawn.register
def _bar(mark: v.Bar, pen: Pen) -> None:
    share = mark.share
    corner = (0.0, mark.y - mark.thick / 2)
    pen.axes.add_patch(box(corner, share.value, mark.thick, mark.look, few=mark.few, before=mark.before))
    if not mark.before:
        ends = ([share.low, share.end], [mark.y, mark.y])
        pen.axes.plot(*ends, color="white", linewidth=2.0, alpha=0.7, solid_capstyle="butt", zorder=2.9)
        pen.axes.plot(*ends, color=INK, linewidth=0.8, zorder=3)
    if mark.label:
        colour = INK if share.events else SOFT
        _written(pen, mark.label, share.end, mark.y, color=colour)


@drawn.register
def _stack(mark: v.Stack, pen: Pen) -> None:
    start = 0.0
    for piece in mark.pieces:
        corner = (start, mark.y - mark.thick / 2)
        pen.axes.add_patch(box(corner, piece.share, mark.thick, piece.look, few=mark.few))
        start += piece.share
    _written(pen, mark.label, 1.0, mark.y)


@drawn.register
def _column(mark: v.Column, pen: Pen) -> None:
    base = 0
    for piece in mark.pieces:
        pen.axes.add_patch(box((mark.low, base), mark.high - mark.low, piece.n, piece.look))
        base += piece.n


@drawn.register
def _point(mark: v.Point, pen: Pen) -> None:
    colour = STYLES[mark.look].colour
    if mark.interval is not None:
        low, high = mark.interval
        ends = ([low, high], [mark.y, mark.y]) if mark.lying else ([mark.x, mark.x], [low, high])
        pen.axes.plot(*ends, color=colour, linewidth=0.9, zorder=3)
    pen.axes.plot(
        [mark.x], [mark.y], mark.shape.value, color=colour, markersize=mark.size, zorder=4,
        clip_on=False, markerfacecolor="white" if mark.few else colour,
        markeredgewidth=1.2 if mark.shape is v.Shape.CROSS else 0.8,
    )  # fmt: skip


@drawn.register
def _range(mark: v.Range, pen: Pen) -> None:
    colour = STYLES[mark.look].colour
    pen.axes.plot(
        mark.outer, [mark.y, mark.y], color=colour, linewidth=1.0, linestyle=dashes(dashed=mark.dotted)
    )
    if mark.inner is not None:
        low, high = mark.inner
        pen.axes.add_patch(box((low, mark.y - 0.22), high - low, 0.44, mark.look))
        pen.axes.plot([low, high], [mark.y, mark.y], "|", color=colour, markersize=4)


@drawn.register
def _line(mark: v.Line, pen: Pen) -> None:
    pen.axes.plot(
        *zip(*mark.points, strict=True), color=STYLES[mark.look].colour, linewidth=1.0, zorder=2.5,
        linestyle=dashes(dashed=mark.dashed), drawstyle="steps-post" if mark.steps else "default",
    )  # fmt: skip


@drawn.register
def _cloud(mark: v.Cloud, pen: Pen) -> None:
    xs, ys = zip(*mark.points, strict=True)
    pen.axes.scatter(xs, ys, s=2, color=STYLES[Look.MASKED].colour, linewidths=0, rasterized=True)


@drawn.register
def _cell(mark: v.Cell, pen: Pen) -> None:
    corner = (mark.x - 0.46, mark.y - 0.46)
    if mark.n and mark.few:
        pen.axes.add_patch(box(corner, 0.92, 0.92, Look.SOFT, few=True))
    else:
        colour = _mixed(STYLES[Look.HEAT].colour, "#FFFFFF", 0.75 * mark.share) if mark.n else EMPTY
        pen.axes.add_patch(Rectangle(corner, 0.92, 0.92, facecolor=colour, linewidth=0, zorder=2))
    if mark.n:
        size = max(SMALL, pen.letters - 1.5)
        pen.axes.text(
            mark.x, mark.y, f"{mark.n:,}", ha="center", va="center_baseline", fontsize=size, zorder=4
        )


@drawn.register
def _words(mark: v.Words, pen: Pen) -> None:
    colour, size = STYLES[mark.look].colour, max(SMALL, pen.letters - 1)
    if mark.middle:
        pen.axes.text(
            mark.x, mark.y, mark.text, ha="center", va="center_baseline", fontsize=size, color=colour
        )
    else:
        pen.axes.annotate(
            mark.text, (mark.x, mark.y), xytext=(3, 0), textcoords="offset points", va="center_baseline",
            fontsize=size, color=colour, annotation_clip=False,
        )  # fmt: skip
