"""Outlines of instrument parts, in the instrument's own measure.

The shaft's radius is 1, its axis runs along x, the shaft ends at x = 0 and the tip lies at x > 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sassafras.network.frames.dice import Dice

Point = tuple[float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Part:
    """A filled outline. `alpha` 0..255 is how much it hides (0 cuts a hole); `rise` its height, 0..255."""

    outline: tuple[Point, ...]
    colour: Colour
    alpha: int = 255
    rise: int = 200


@dataclass(frozen=True)
class Tool:
    """An instrument: parts from back to front, and how far its tip reaches in x."""

    parts: tuple[Part, ...]
    reach: float


def shaded(colour: Colour, percent: int) -> Colour:
    """The colour made lighter or darker."""
    red, green, blue = (max(0, min(255, channel * percent // 100)) for channel in colour)
    return red, green, blue


def steel(dice: Dice) -> Colour:
    """Some grey of polished or matt steel, a little warm or cold."""
    grey = dice.integer(120, 205)
    return grey + dice.integer(-6, 8), grey, grey + dice.integer(-10, 12)


def rotated(points: Sequence[Point], angle: float, about: Point = (0.0, 0.0)) -> tuple[Point, ...]:
    """The points turned by `angle` radians."""
    cos, sin = math.cos(angle), math.sin(angle)
    return tuple(
        (
            about[0] + (x - about[0]) * cos - (y - about[1]) * sin,
            about[1] + (x - about[0]) * sin + (y - about[1]) * cos,
        )
        for x, y in points
    )


def mirrored(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points on the other side of the axis."""
    return tuple((x, -y) for x, y in points)


def circle(x: float, y: float, across: float, along: float | None = None) -> tuple[Point, ...]:
    """An ellipse around (x, y) with radius `across` in y and `along` (default the same) in x."""
    wide = across if along is None else along
    turns = (corner * math.pi / 8 for corner in range(16))
    return tuple((x + wide * math.cos(turn), y + across * math.sin(turn)) for turn in turns)


def ribbon(spine: Sequence[Point], widths: Sequence[float]) -> tuple[Point, ...]:
    """A band of half-widths `widths` along the polyline `spine`."""
    left: list[Point] = []
    right: list[Point] = []
    for place, ((x, y), half) in enumerate(zip(spine, widths, strict=True)):
        before, after = spine[max(place - 1, 0)], spine[min(place + 1, len(spine) - 1)]
        along = after[0] - before[0], after[1] - before[1]
        length = math.sqrt(along[0] ** 2 + along[1] ** 2)
        normal = -along[1] / length * half, along[0] / length * half
        left.append((x + normal[0], y + normal[1]))
        right.append((x - normal[0], y - normal[1]))
    return (*left, *reversed(right))


def tube(start: float, end: float, radius: float, colour: Colour, polish: int) -> list[Part]:
    """A cylinder from x = start to end: strips, dark at the sides; `polish` 0..100 sharpens the streak."""
    profile = (38, 62, 82, 96, 104, 110 + polish, 100, 92, 80, 60, 36)
    step = 2 * radius / len(profile)
    strips = [Part(((start, -radius), (end, -radius), (end, radius), (start, radius)), colour)]
    for place, percent in enumerate(profile):
        low = -radius + place * step
        high = low + step
        outline = ((start, low), (end, low), (end, high), (start, high))
        strips.append(Part(outline, shaded(colour, percent)))
    return strips


_SHAFT_COLOURS: tuple[Colour, ...] = (
    (44, 44, 48),
    (30, 30, 32),
    (60, 62, 68),
    (150, 150, 154),
    (185, 184, 180),
    (52, 74, 120),
    (196, 194, 186),
)

SHAFT_LENGTH = 44.0


def shaft(dice: Dice) -> list[Part]:
    """The shaft, long enough to leave the frame. Its look tells nothing about which instrument it carries."""
    colour = dice.pick(_SHAFT_COLOURS)
    parts = tube(-SHAFT_LENGTH, 0.0, 1.0, colour, dice.integer(0, 80))
    if dice.chance(0.4):
        band = dice.uniform(-9, -2)
        parts += tube(band, band + dice.uniform(0.4, 2), 1.0, shaded(colour, dice.integer(60, 170)), 30)
    return parts
