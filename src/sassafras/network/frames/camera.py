"""The endoscope and its camera: light fall-off, round field, blur, colour and grain."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.fields import SIZE, IntField, shifted


@lru_cache(maxsize=1)
def _grid() -> tuple[IntField, IntField]:
    """Column and row number of every pixel."""
    rows, columns = np.indices((SIZE, SIZE), dtype=np.int32)
    return columns, rows


def _squared_distance(x: int, y: int) -> IntField:
    columns, rows = _grid()
    away: IntField = (columns - x) ** 2 + (rows - y) ** 2
    return away


def fall_off(dice: Dice, scene: IntField) -> IntField:
    """Light that fades with distance from where the endoscope points."""
    x, y = dice.integer(70, 157), dice.integer(70, 157)
    reach = dice.integer(110, 210) ** 2
    gain = 256 * reach // (reach + _squared_distance(x, y) * dice.integer(50, 130) // 100)
    level = dice.integer(95, 150)
    lit: IntField = scene * (gain * level // 100)[..., None] >> 8
    return lit


def round_field(dice: Dice, scene: IntField) -> IntField:
    """The black rim around the endoscope's round picture."""
    x, y = SIZE // 2 + dice.integer(-8, 8), SIZE // 2 + dice.integer(-8, 8)
    radius = dice.integer(104, 135)
    inside = np.clip((radius * radius - _squared_distance(x, y)) // (radius >> 4), 0, 256)
    dark: IntField = scene * inside[..., None] >> 8
    return dark


def move(dice: Dice, scene: IntField) -> IntField:
    """Motion blur: the mean of the scene along a short straight path."""
    steps = dice.integer(3, 9)
    angle = dice.uniform(0, 2 * math.pi)
    stride = dice.uniform(0.6, 1.5)
    total = np.zeros_like(scene)
    for step in range(steps):
        way = (step - steps / 2) * stride
        total += shifted(scene, round(way * math.sin(angle)), round(way * math.cos(angle)))
    return total // steps


def defocus(dice: Dice, scene: IntField) -> IntField:
    """A picture out of focus."""
    radius = dice.integer(1, 3)
    return np.asarray(to_image(scene).filter(ImageFilter.BoxBlur(radius))).astype(np.int32)


def tint(dice: Dice, scene: IntField) -> IntField:
    """White balance and contrast of the camera."""
    gains = np.asarray([dice.integer(228, 284), dice.integer(220, 276), dice.integer(214, 284)], np.int32)
    contrast, lift = dice.integer(205, 290), dice.integer(-8, 22)
    coloured: IntField = (((scene * gains >> 8) - 110) * contrast >> 8) + 110 + lift
    return coloured


def grain(dice: Dice, scene: IntField) -> IntField:
    """Sensor noise: the difference of two bytes, scaled."""
    strength = dice.integer(4, 26)
    pair = dice.bytes(2, SIZE, SIZE, 3).astype(np.int32)
    noisy: IntField = scene + ((pair[0] - pair[1]) * strength >> 8)
    return noisy


def to_pixels(scene: IntField) -> NDArray[np.uint8]:
    """Clipped to uint8, (SIZE, SIZE, 3)."""
    return np.clip(scene, 0, 255).astype(np.uint8)


def to_image(scene: IntField) -> Image.Image:
    """The scene as an RGB picture."""
    return Image.fromarray(to_pixels(scene))
