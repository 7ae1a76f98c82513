"""The operating field: organs, fat and membrane, lit by the endoscope and wet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.fields import IntField, eased, fractal, noise, slopes, stretch

Colour = tuple[int, int, int]


class Tissue(NamedTuple):
    """How one tissue looks: its darkest and lightest colour, and how lumpy it is (cells across)."""

    dark: Colour
    light: Colour
    lumps: int


TISSUES = (
    Tissue((72, 20, 18), (142, 58, 46), 6),  # liver
    Tissue((172, 112, 42), (240, 206, 124), 22),  # fat
    Tissue((150, 66, 58), (224, 146, 128), 7),  # peritoneum
    Tissue((102, 94, 58), (178, 168, 116), 4),  # gallbladder
    Tissue((124, 34, 32), (196, 86, 72), 11),  # muscle, raw bed
    Tissue((176, 104, 92), (236, 186, 164), 9),  # bowel
)


class Scene(NamedTuple):
    """A lit picture of tissue, int32 (SIZE, SIZE, 3) about 0..255, and the wetness of its surface."""

    colour: IntField
    gloss: IntField


def mix(under: IntField, over: IntField, mask: IntField) -> IntField:
    """`over` laid on `under` where `mask` (0..256, no channel axis) says so."""
    blended: IntField = under + ((over - under) * mask[..., None] >> 8)
    return blended


def _ramp(tissue: Tissue, shade: IntField) -> IntField:
    """The tissue's colours, from dark to light as `shade` goes 0..256."""
    dark = np.asarray(tissue.dark, np.int32)
    span = np.asarray(tissue.light, np.int32) - dark
    table: IntField = dark + (np.arange(257, dtype=np.int32)[:, None] * span >> 8)
    ramp: IntField = np.take(table, shade, axis=0)
    return ramp


def _lay_organ(dice: Dice, colour: IntField, height: IntField, tissue: Tissue) -> tuple[IntField, IntField]:
    """Lays one more organ over part of the field: a soft-edged lobe standing above what is under it."""
    shape = noise(dice, dice.integer(2, 3)) + (noise(dice, 9) >> 4)
    edge = dice.integer(26000, 38000)
    mask = stretch(shape, edge, edge + dice.integer(900, 3500))
    lumps = fractal(dice, tissue.lumps, 3)
    painted = _ramp(tissue, stretch(lumps, 14000, 46000))
    relief = height + eased(mask) * dice.integer(25, 90) + ((lumps >> 2) * mask >> 8)
    return mix(colour, painted, mask), relief


def _light(dice: Dice, colour: IntField, height: IntField, glossy: int) -> IntField:
    """Shades by slope and adds the sharp white reflections of a wet surface; `glossy` 0..100."""
    across, down = slopes(height)
    lean_x, lean_y = dice.integer(250, 700) * dice.sign(), dice.integer(250, 700) * dice.sign()
    tilt = (across * lean_x + down * lean_y) >> 10
    shade = np.clip(256 - (tilt >> 3), 120, 380)
    lit = colour * shade[..., None] >> 8
    fine = noise(dice, 45) >> 7
    miss = np.abs(across + lean_x) + np.abs(down + lean_y) + fine
    shine = np.clip((350 + glossy * 2 - miss) * glossy >> 6, 0, 170)
    out: IntField = (lit + shine[..., None]).astype(np.int32)
    return out


def tissue_picture(dice: Dice) -> IntField:
    """One field of tissue of two to four kinds, int32 (SIZE, SIZE, 3), about 0..255 and not yet clipped."""
    first = dice.pick(TISSUES)
    lumps = fractal(dice, first.lumps, 3)
    colour = _ramp(first, stretch(lumps, 14000, 46000))
    height = (lumps >> 2) + (noise(dice, 3) >> 1)
    for _ in range(dice.integer(1, 3)):
        colour, height = _lay_organ(dice, colour, height, dice.pick(TISSUES))
    if dice.chance(0.5):
        height = height + _fold(dice)
    return _light(dice, colour, height, dice.integer(15, 100))


def _fold(dice: Dice) -> IntField:
    """Ridges where a membrane bunches up: the level lines of a smooth field, raised."""
    level = noise(dice, dice.integer(2, 4))
    away = np.abs(level - dice.integer(24000, 42000))
    ridge: IntField = eased(256 - stretch(away, 0, dice.integer(2000, 5000))) * dice.integer(8, 28)
    return ridge
