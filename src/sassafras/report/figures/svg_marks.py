"""The marks of a figure as SVG."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import singledispatch

from markupsafe import Markup, escape

from sassafras.report.figures import value as v
from sassafras.report.figures.looks import Look
from sassafras.report.figures.value import Axis, Panel


@dataclass(frozen=True)
class Place:
    """A panel on the page: where its axes begin and end."""

    panel: Panel
    left: float
    right: float
    top: float
    bottom: float
    above: bool  #: ticks stand above the axes

    def x(self, value: float) -> float:
        """Across the page."""
        return self.left + _along(self.panel.x, value) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Down the page."""
        return self.bottom - _along(self.panel.y, value) * (self.bottom - self.top)


def _along(axis: Axis, value: float) -> float:
    if axis.log:
        return (math.log10(value) - math.log10(axis.low)) / (math.log10(axis.high) - math.log10(axis.low))
    return (value - axis.low) / (axis.high - axis.low)


def short(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def letters(text: str) -> float:
    """How many letters of usual width a text is as wide as."""
    return sum(0.55 if c in ".,()il|'" else 1.6 if c in "mwMW" else 1.0 for c in text)


def _marked(told: v.Told, kinds: str, inside: str, extra: str = "") -> str:
    """A mark; what has something to say can be pointed at."""
    if not told.lines:
        return f'<g class="{kinds}"{extra}>{inside}</g>'
    return f'<g class="mark {kinds}" role="button" {attributes(told)}{extra}>{inside}</g>'


def attributes(told: v.Told) -> Markup:
    """What lets an element be pointed at (``figures.js``)."""
    tip, label = escape("\n".join(told.lines)), escape("; ".join(told.lines))
    chosen = "" if told.filter is None else f' data-filter="{escape(json.dumps(dict(told.filter)))}"'
    return Markup(f'tabindex="-1" aria-label="{label}" data-tip="{tip}"{chosen}')  # noqa: S704  (escaped)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    where = f'x="{short(x)}" y="{short(y)}"'
    return f'<rect class="{kind}" {where} width="{short(width)}" height="{short(height)}"/>'


def text(kind: str, x: float, y: float, words: str, anchor: str = "") -> str:
    """Words in the drawing; what they are is their class."""
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{short(x)}" y="{short(y)}"{where}>{escape(words)}</text>'


def line(kind: str, x1: float, x2: float, y1: float, y2: float) -> str:
    """A straight line of a class."""
    return f'<line class="{kind}" x1="{short(x1)}" x2="{short(x2)}" y1="{short(y1)}" y2="{short(y2)}"/>'


def _kinds(*, few: bool, before: bool = False) -> str:
    return " ".join(word for word, said in (("few", few), ("before", before)) if said)


@singledispatch
def drawn(mark: v.Mark, place: Place) -> str:
    """A mark in its place."""
    raise TypeError(f"nothing draws {mark!r} at {place!r}")


@drawn.register
def _bar(mark: v.Bar, place: Place) -> str:
    top, bottom = place.y(mark.y - mark.thick / 2), place.y(mark.y + mark.thick / 2)
    middle, share = (top + bottom) / 2, mark.share
    parts = [
        _rect("hit", place.left, top - 0.5, place.right - place.left, bottom - top + 1),
        _rect(f"bar {mark.look}", place.left, top, place.x(share.value) - place.left, bottom - top),
    ]
    if not mark.before:
        ends = place.x(share.low), place.x(share.end), middle, middle
        parts += [line("halo", *ends), line("whisker", *ends)]
    if mark.label:
        parts.append(text("value", place.x(share.end) + 4, middle + 3.6, mark.label))
    key = f' data-critical="{escape(mark.key)}"' if mark.key else ""
    return _marked(mark.told, _kinds(few=mark.few, before=mark.before), "".join(parts), key)


@drawn.register
def _stack(mark: v.Stack, place: Place) -> str:
    top, bottom = place.y(mark.y - mark.thick / 2), place.y(mark.y + mark.thick / 2)
    parts = [_rect("hit", 0, top - 1, place.right + 40, bottom - top + 2)]
    start = 0.0
    for piece in mark.pieces:
        x = place.x(start)
        start += piece.share
        parts.append(_rect(f"bar {piece.look}", x, top, place.x(start) - x, bottom - top))
    parts.append(text("value", place.right + 4, (top + bottom) / 2 + 3.6, mark.label))
    return _marked(mark.told, _kinds(few=mark.few), "".join(parts))


@drawn.register
def _column(mark: v.Column, place: Place) -> str:
    left, right, base, parts = place.x(mark.low), place.x(mark.high), 0, []
    for piece in mark.pieces:
        top = place.y(base + piece.n)
        parts.append(_rect(f"bar {piece.look}", left, top, right - left, place.y(base) - top))
        base += piece.n
    return _marked(mark.told, "column", "".join(parts))


@drawn.register
def _point(mark: v.Point, place: Place) -> str:
    x, y, parts = place.x(mark.x), place.y(mark.y), []
    reach = max(6.0, mark.size)
    if mark.interval is not None and mark.lying:
        low, high = map(place.x, mark.interval)
        parts.append(_rect("hit", min(low, x - reach), y - 6, max(high, x + reach) - min(low, x - reach), 12))
        parts.append(line(f"whisker {mark.look}", low, high, y, y))
    elif mark.interval is not None:
        low, high = map(place.y, mark.interval)
        parts.append(_rect("hit", x - 7, min(low, high) - 3, 14, abs(low - high) + 6))
        parts.append(line(f"whisker {mark.look}", x, x, low, high))
    else:
        parts.append(f'<circle class="hit" cx="{short(x)}" cy="{short(y)}" r="{short(reach)}"/>')
    parts.append(shape_path(mark.shape, x, y, mark.size * 0.8, mark.look))
    return _marked(mark.told, _kinds(few=mark.few), "".join(parts))


def shape_path(shape: v.Shape, x: float, y: float, r: float, look: str) -> str:
    """The outline of a point."""
    if shape is v.Shape.CIRCLE:
        return f'<circle class="dot {look}" cx="{short(x)}" cy="{short(y)}" r="{short(r)}"/>'
    if shape is v.Shape.CROSS:
        at, far = f"M{short(x - r)} {short(y - r)}", short(2 * r)
        return f'<path class="cross {look}" d="{at}l{far} {far}m0 -{far}l-{far} {far}"/>'
    corners = {
        v.Shape.SQUARE: ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
        v.Shape.DIAMOND: ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
        v.Shape.UP: ((0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
        v.Shape.DOWN: ((0, 1.1), (1.1, -0.9), (-1.1, -0.9)),
        v.Shape.LEFT: ((-1.1, 0), (0.9, -1.1), (0.9, 1.1)),
        v.Shape.RIGHT: ((1.1, 0), (-0.9, -1.1), (-0.9, 1.1)),
    }[shape]
    points = " ".join(f"{short(x + r * dx)},{short(y + r * dy)}" for dx, dy in corners)
    return f'<polygon class="dot {look}" points="{points}"/>'


@drawn.register
def _range(mark: v.Range, place: Place) -> str:
    y = place.y(mark.y)
    low, high = map(place.x, mark.outer)
    parts = [_rect("hit", low - 3, y - 5, high - low + 6, 10)]
    parts.append(line(f"line {mark.look}{' dashed' if mark.dotted else ''}", low, high, y, y))
    if mark.inner is not None:
        start, end = map(place.x, mark.inner)
        parts.append(_rect(f"bar {mark.look}", start, y - 3, max(1.5, end - start), 6))
    return _marked(mark.told, "", "".join(parts))


@drawn.register
def _path(mark: v.Line, place: Place) -> str:
    dashed, key = " dashed" if mark.dashed else "", f' id="{mark.key}"' if mark.key else ""
    if len(mark.points) == 2 and not mark.steps:
        (x1, y1), (x2, y2) = mark.points
        found = line(f"line {mark.look}{dashed}", place.x(x1), place.x(x2), place.y(y1), place.y(y2))
        return found.replace("<line", f"<line{key}", 1)
    points: list[tuple[float, float]] = []
    for x, y in mark.points:
        if mark.steps and points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    joined = " ".join(f"{short(place.x(x))},{short(place.y(y))}" for x, y in points)
    return f'<polyline{key} class="line {mark.look}{dashed}" points="{joined}"/>'


@drawn.register
def _cloud(mark: v.Cloud, place: Place) -> str:
    """As one path of dots: there are many."""
    dots = "".join(f"M{short(place.x(x))} {short(place.y(y))}h0" for x, y in mark.points)
    return f'<path class="cloud" d="{dots}"/>'


@drawn.register
def _cell(mark: v.Cell, place: Place) -> str:
    left, right = place.x(mark.x - 0.5) + 0.75, place.x(mark.x + 0.5) - 0.75
    top, bottom = place.y(mark.y - 0.5) + 0.75, place.y(mark.y + 0.5) - 0.75
    rect = _rect("cell hit" if mark.n else "cell", left, top, right - left, bottom - top)
    if not mark.n:
        return rect
    if not mark.few:
        rect += _rect("heat", left, top, right - left, bottom - top).replace(
            "/>", f' style="--heat:{short(100 * mark.share)}%"/>'
        )
    count = text("value", (left + right) / 2, (top + bottom) / 2 + 3.6, f"{mark.n:,}", "middle")
    return _marked(mark.told, _kinds(few=mark.few), rect + count)


@drawn.register
def _words(mark: v.Words, place: Place) -> str:
    x = place.x(mark.x) + (0 if mark.middle else 4)
    kind = "value" if mark.look is Look.INK else "note"
    return text(kind, x, place.y(mark.y) + 3.6, mark.text, "middle" if mark.middle else "")
