"""Instruments that do not close: hook, irrigator and specimen bag."""

from __future__ import annotations

import math

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.instruments.shapes import (
    Colour,
    Part,
    Point,
    Tool,
    circle,
    ribbon,
    shaded,
    shaft,
    steel,
    tube,
)

_CERAMICS: tuple[Colour, ...] = ((226, 220, 204), (240, 240, 236), (70, 64, 60), (190, 150, 110))


def hook(dice: Dice) -> Tool:
    """Monopolar hook: a thin wire out of a ceramic collar, bent to an L or a J, often charred at the end."""
    metal = steel(dice)
    length, drop = dice.uniform(2.6, 3.8), dice.uniform(1.3, 2.1)
    corner = dice.uniform(0.25, 0.7)
    spine: list[Point] = [(0.2, 0.0), (length - corner, 0.0)]
    for step in range(1, 6):
        turn = step * math.pi / 10
        spine.append((length - corner + corner * math.sin(turn), corner - corner * math.cos(turn)))
    inward = dice.uniform(-0.1, 0.6)
    spine += [(length - inward * 0.4, drop * 0.7), (length - inward, drop)]
    widths = [0.27] * (len(spine) - 1) + [0.2]
    parts = [
        *shaft(dice),
        *tube(0.0, 0.9, 0.66, dice.pick(_CERAMICS), 20),
        Part(ribbon(spine, widths), metal),
    ]
    if dice.chance(0.6):
        parts.append(Part(ribbon(spine[-2:], widths[-2:]), shaded(metal, dice.integer(35, 70))))
    return Tool(tuple(parts), length + 0.3)


def _jet(dice: Dice, length: float) -> list[Part]:
    """Water leaving the irrigator: a faint cone and some drops."""
    far = length + dice.uniform(3, 7)
    wide = dice.uniform(0.7, 1.8)
    water = (206, 212, 222)
    cone = Part(((length, -0.4), (far, -wide), (far, wide), (length, 0.4)), water, alpha=40, rise=30)
    drops = [
        Part(
            circle(dice.uniform(length, far + 1), dice.uniform(-wide, wide), dice.uniform(0.1, 0.25)),
            water,
            190,
        )
        for _ in range(dice.integer(3, 9))
    ]
    return [cone, *drops]


def irrigator(dice: Dice) -> Tool:
    """Suction and irrigation tube: a plain round-nosed pipe with side holes and an open, dark end."""
    metal = steel(dice)
    length, radius = dice.uniform(5.0, 8.0), dice.uniform(0.72, 0.92)
    parts = [*shaft(dice)]
    if dice.chance(0.3):
        parts += _jet(dice, length)
    parts += [Part(circle(length, 0, radius, 0.5), shaded(metal, 74)), *tube(-0.2, length, radius, metal, 70)]
    parts.append(Part(circle(length, 0, radius * 0.98, 0.42), shaded(metal, 70)))
    parts.append(Part(circle(length + 0.06, 0, radius * 0.68, 0.27), (26, 20, 20), rise=60))
    rows = dice.integer(2, 4)
    for row in range(rows):
        at = length - 0.9 - row * 0.8
        for side in (-0.42, 0.3):
            parts.append(Part(circle(at, side * radius, 0.2, 0.24), (34, 26, 26), rise=60))
    return Tool(tuple(parts), length)


_BAGS: tuple[Colour, ...] = (
    (214, 218, 226),
    (150, 176, 214),
    (222, 214, 190),
    (160, 200, 180),
    (196, 196, 200),
)


def _pouch(dice: Dice, length: float, half: float) -> tuple[Point, ...]:
    """The outline of the bag: open at the ring, full and uneven towards its bottom."""
    points: list[Point] = []
    for step in range(22):
        turn = -math.pi / 2 + step * math.pi / 21
        bulge = dice.uniform(0.9, 1.1)
        points.append((1.2 + length * max(0.0, math.cos(turn)) * bulge, half * math.sin(turn) * bulge))
    return tuple(points)


def _creases(dice: Dice, colour: Colour, length: float, half: float, alpha: int) -> list[Part]:
    """Folds in the film, running from the ring towards the bottom, light or dark."""
    parts = []
    for _ in range(dice.integer(6, 11)):
        fan = dice.uniform(-0.85, 0.85)
        start, end = dice.uniform(0.15, 0.4), dice.uniform(0.5, 0.9)
        bend = fan * dice.uniform(0.4, 1.0)
        spine = [
            (1.2 + length * start, half * fan),
            (1.2 + length * (start + end) / 2, half * (fan + bend) / 2),
            (1.2 + length * end, half * bend * 0.55),
        ]
        width = dice.uniform(0.12, 0.34)
        tint = shaded(colour, dice.pick((72, 84, 112, 125)))
        parts.append(Part(ribbon(spine, [0.04, width, 0.04]), tint, alpha, rise=230))
    return parts


def specimen_bag(dice: Dice) -> Tool:
    """Retrieval bag: a crumpled translucent pouch hanging from a sprung metal ring at the shaft's end."""
    colour = dice.pick(_BAGS)
    length, half = dice.uniform(5.0, 8.0), dice.uniform(2.6, 4.0)
    alpha = dice.integer(190, 245)
    parts = [*shaft(dice), Part(_pouch(dice, length, half), colour, alpha, rise=170)]
    parts += _creases(dice, colour, length, half, alpha)
    mouth = circle(1.3, 0.0, half * 1.02, dice.uniform(0.5, 1.3))
    parts.append(Part(mouth, shaded(colour, 42), 235, rise=90))
    rim = ribbon((*mouth, mouth[0]), [0.14] * 17)
    parts.append(Part(rim, steel(dice), rise=250))
    parts += tube(-0.5, 0.9, 0.5, (150, 150, 156), 40)
    return Tool(tuple(parts), length)
