"""What lies in the field beside organs: vessels, blood, smoke, and tissue in front of the tool."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.fields import SIZE, IntField, fractal, noise, slopes, stretch
from sassafras.network.frames.tissue import mix


def _as_mask(image: Image.Image) -> IntField:
    """A grey picture as a mask 0..256."""
    mask = np.asarray(image).astype(np.int32)
    return mask + (mask >> 7)


def _grow_vessel(dice: Dice, draw: ImageDraw.ImageDraw, width: int) -> None:
    """A vessel wandering across the field, thinning as it goes."""
    x, y = dice.uniform(0, SIZE), dice.uniform(0, SIZE)
    heading = dice.uniform(0, 2 * math.pi)
    steps = dice.integer(12, 40)
    for step in range(steps):
        heading += dice.uniform(-0.45, 0.45)
        ahead = x + 6 * math.cos(heading), y + 6 * math.sin(heading)
        thickness = max(1, width * (steps - step) // steps)
        draw.line([(round(x), round(y)), (round(ahead[0]), round(ahead[1]))], fill=255, width=thickness)
        x, y = ahead


def add_vessels(dice: Dice, scene: IntField) -> IntField:
    """Blood vessels under the surface: soft dark red lines."""
    image = Image.new("L", (SIZE, SIZE))
    draw = ImageDraw.Draw(image)
    for _ in range(dice.integer(1, 6)):
        _grow_vessel(dice, draw, dice.integer(1, 4))
    mask = _as_mask(image.filter(ImageFilter.BoxBlur(1))) * dice.integer(60, 200) >> 8
    return mix(scene, scene * np.asarray((170, 70, 75), np.int32) >> 8, mask)


def add_blood(dice: Dice, scene: IntField) -> IntField:
    """A pool or smear of blood, dark in its depth, with a wet rim of light."""
    shape = fractal(dice, dice.integer(3, 7), 2)
    edge = dice.integer(30000, 40000)
    mask = stretch(shape, edge, edge + 1800)
    colour = np.asarray((dice.integer(80, 140), dice.integer(4, 18), dice.integer(6, 20)), np.int32)
    across, down = slopes(shape)
    shine = np.clip(60 - (np.abs(across - 200) + np.abs(down + 150) >> 2), 0, 60) * 3
    pool = colour + (scene >> 3) + shine[..., None]
    return mix(scene, pool, mask * dice.integer(150, 240) >> 8)


def add_smoke(dice: Dice, scene: IntField) -> IntField:
    """Cautery smoke: a pale veil thicker in places."""
    thick = dice.integer(60, 170)
    veil = stretch(fractal(dice, 2, 3), 8000, 52000) * thick >> 8
    pale = np.asarray((196, 196, 204), np.int32) + np.zeros_like(scene)
    return mix(scene, pale, veil)


def cover_with_tissue(dice: Dice, scene: IntField, tissue: IntField, near: tuple[float, float]) -> IntField:
    """A lobe of tissue in front of part of the tool, beside the point `near` (pixels, x and y)."""
    angle, away = dice.uniform(0, 2 * math.pi), dice.uniform(26, 44)
    x, y = near[0] + away * math.cos(angle), near[1] + away * math.sin(angle)
    reach = dice.uniform(16, 30)
    image = Image.new("L", (SIZE, SIZE))
    corners = []
    for corner in range(14):
        radius = reach * dice.uniform(0.8, 1.15)
        turn = corner * math.pi / 7
        corners.append((round(x + radius * math.cos(turn)), round(y + radius * math.sin(turn))))
    ImageDraw.Draw(image).polygon(corners, fill=255)
    mask = _as_mask(image.filter(ImageFilter.BoxBlur(2)))
    shadow = _as_mask(image.filter(ImageFilter.BoxBlur(6)))
    elsewhere = tissue[::-1, ::-1]
    domed = elsewhere * (170 + (shadow >> 1))[..., None] >> 8
    return mix(scene * (256 - (shadow >> 1))[..., None] >> 8, domed, mask)


def add_glare(dice: Dice, scene: IntField) -> IntField:
    """Large blown-out reflections."""
    shape = noise(dice, dice.integer(4, 9))
    edge = dice.integer(42000, 50000)
    bloom = stretch(shape, edge, edge + dice.integer(3000, 9000))
    out: IntField = scene + (bloom * dice.integer(120, 255) >> 8)[..., None]
    return out
