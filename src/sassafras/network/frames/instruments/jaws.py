"""Instruments that close: grasper, bipolar forceps, scissors and clip applier."""

from __future__ import annotations

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.instruments.shapes import (
    Colour,
    Part,
    Point,
    Tool,
    circle,
    mirrored,
    ribbon,
    rotated,
    shaded,
    shaft,
    steel,
    tube,
)


def _clevis(colour: Colour) -> list[Part]:
    """The forked end of the shaft that holds the pivot."""
    outline = ((-0.2, -0.85), (0.7, -0.7), (1.1, -0.3), (1.1, 0.3), (0.7, 0.7), (-0.2, 0.85))
    return [Part(outline, shaded(colour, 78))]


def _pivot(colour: Colour) -> list[Part]:
    return [
        Part(circle(0.55, 0, 0.3), shaded(colour, 50)),
        Part(circle(0.55, 0.04, 0.17), shaded(colour, 120)),
    ]


def _toothed_edge(length: float) -> list[Point]:
    """The inner edge of a grasper's jaw: teeth from near the pivot to the nose."""
    edge: list[Point] = [(0.2, 0.0), (1.0, 0.05)]
    teeth = 9
    pitch = (length - 1.2) / teeth
    for tooth in range(teeth):
        at = 1.1 + tooth * pitch
        edge += [(at, 0.0), (at + pitch / 2, 0.14)]
    return edge


def _grasper_jaw(colour: Colour, length: float, fenestrated: bool) -> list[Part]:
    """One jaw, lying on the axis: blunt, toothed, with a window in it."""
    back: list[Point] = [
        (length, 0.02),
        (length + 0.18, 0.3),
        (length - 0.05, 0.62),
        (length * 0.7, 0.78),
        (1.3, 0.72),
        (0.2, 0.45),
    ]
    parts = [Part((*_toothed_edge(length), *back), colour)]
    window = ribbon([(length * 0.38, 0.42), (length * 0.6, 0.45), (length * 0.86, 0.4)], [0.12, 0.15, 0.1])
    if fenestrated:
        parts.append(Part(window, (0, 0, 0), alpha=0, rise=40))
    else:
        parts.append(Part(window, shaded(colour, 62), rise=120))
    return parts


def _both_sides(parts: list[Part], opening: float, lean: float) -> list[Part]:
    """The jaw and its mirror image, opened by `opening` radians each, the pair turned by `lean`."""
    upper = [
        Part(rotated(part.outline, opening + lean), part.colour, part.alpha, part.rise) for part in parts
    ]
    lower = [
        Part(
            rotated(mirrored(part.outline), lean - opening),
            shaded(part.colour, 82),
            part.alpha,
            part.rise - 30,
        )
        for part in parts
    ]
    return lower + upper


def grasper(dice: Dice) -> Tool:
    """Fenestrated grasper: two blunt, toothed jaws, each with a window."""
    colour = steel(dice)
    length = dice.uniform(4.2, 6.0)
    jaw = _grasper_jaw(colour, length, dice.chance(0.8))
    jaws = _both_sides(jaw, dice.uniform(0.05, 0.42), dice.uniform(-0.12, 0.12))
    return Tool((*shaft(dice), *_clevis(colour), *jaws, *_pivot(colour)), length)


_INSULATIONS: tuple[Colour, ...] = (
    (40, 70, 150),
    (34, 34, 38),
    (196, 186, 160),
    (40, 120, 110),
    (90, 92, 98),
)


def bipolar(dice: Dice) -> Tool:
    """Bipolar forceps: two thin insulated arms that bow apart and meet again, bare paddles at the tips."""
    metal, coat = steel(dice), dice.pick(_INSULATIONS)
    length, bow = dice.uniform(4.6, 6.2), dice.uniform(0.8, 1.25)
    gap = dice.uniform(0.16, 0.75)
    spine = [(0.0, 0.4), (length * 0.2, bow * 0.8), (length * 0.4, bow), (length * 0.65, gap + bow * 0.35)]
    arm = Part(ribbon(spine, [0.3, 0.27, 0.26, 0.24]), coat)
    nose = [(length * 0.62, gap + bow * 0.4), (length * 0.8, gap + 0.12), (length, gap)]
    paddle = Part(ribbon(nose, [0.22, 0.34, 0.3]), metal)
    arms = _both_sides([arm, paddle], 0.0, dice.uniform(-0.1, 0.1))
    collar = tube(-0.9, 0.35, 0.86, shaded(coat, 125), 20)
    return Tool((*shaft(dice), *arms, *collar), length)


def _blade(colour: Colour, length: float, curve: float) -> list[Part]:
    """One blade: straight cutting edge, rounded back, a point; bent sideways by `curve`."""
    outline = [
        (0.1, -0.12),
        (length * 0.35, -0.05),
        (length * 0.7, 0.0),
        (length, 0.06),
        (length * 0.85, 0.3),
        (length * 0.55, 0.56),
        (length * 0.25, 0.64),
        (0.1, 0.5),
    ]
    bevel = [(length * 0.2, -0.05), (length * 0.6, 0.0), (length * 0.96, 0.07), (length * 0.5, 0.16)]
    bent = [(x, y + curve * x * x) for x, y in outline]
    edge = [(x, y + curve * x * x) for x, y in bevel]
    return [Part(tuple(bent), colour), Part(tuple(edge), shaded(colour, 128))]


def scissors(dice: Dice) -> Tool:
    """Metzenbaum scissors: two pointed blades crossing at a screw, often both curved the same way."""
    colour = steel(dice)
    length = dice.uniform(3.8, 5.4)
    curve = dice.pick((0.0, 0.02, 0.035)) * dice.sign()
    opening, lean = dice.uniform(0.1, 0.46), dice.uniform(-0.08, 0.08)
    upper = [
        Part(rotated(part.outline, opening + lean), part.colour) for part in _blade(colour, length, curve)
    ]
    lower = [
        Part(rotated(mirrored(part.outline), lean - opening), shaded(part.colour, 84), rise=150)
        for part in _blade(colour, length, -curve)
    ]
    screw = [
        Part(circle(0.75, 0, 0.36), shaded(colour, 46)),
        Part(circle(0.75, 0, 0.22), shaded(colour, 110)),
    ]
    return Tool((*shaft(dice), *_clevis(colour), *lower, *upper, *screw), length)


_CLIPS: tuple[Colour, ...] = (
    (214, 214, 222),
    (222, 196, 120),
    (90, 190, 130),
    (170, 120, 200),
    (235, 235, 240),
)


def clipper(dice: Dice) -> Tool:
    """Clip applier: stout neck, two parallel square-nosed jaws with a bright V-shaped clip between them."""
    colour = steel(dice)
    length, gap = dice.uniform(3.4, 4.8), dice.uniform(0.28, 0.5)
    spine = [(0.8, 0.35), (1.5, gap + 0.42), (length * 0.75, gap + 0.36), (length, gap + 0.26)]
    jaw = Part(ribbon(spine, [0.3, 0.32, 0.34, 0.34]), colour)
    groove = Part(ribbon(spine[1:], [0.08, 0.08, 0.06]), shaded(colour, 55), rise=120)
    jaws = _both_sides([jaw, groove], dice.uniform(-0.02, 0.08), 0.0)
    parts = [*shaft(dice), *tube(-0.4, 1.0, 0.86, shaded(colour, 92), 40), *jaws]
    if dice.chance(0.85):
        parts += _clip(dice.pick(_CLIPS), length, gap)
    return Tool(tuple(parts), length)


def _clip(colour: Colour, length: float, gap: float) -> list[Part]:
    """The clip: two legs along the jaws, joined by a crown at the back."""
    legs = [(length + 0.1, gap), (length * 0.7, gap * 0.8), (length * 0.52, 0.0)]
    spine = [*legs, *reversed(mirrored(legs[:2]))]
    return [Part(ribbon(spine, [0.13] * len(spine)), colour, rise=240)]
