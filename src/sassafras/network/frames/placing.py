"""Where an instrument stands in the frame, and painting it there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.fields import SIZE, IntField, shifted, slopes
from sassafras.network.frames.instruments import Part, Tool

_FINE = 2
"""Instruments are drawn this many times larger, then reduced: smooth edges."""


@dataclass(frozen=True)
class Pose:
    """How the instrument's own measure maps to pixels.

    `anchor` (pixels) is where the local point (`pivot`, 0) falls; `scale` pixels per shaft radius there;
    `angle` radians; `stretch` and `roll` shorten x and y as the tool turns away from the picture plane;
    `nearing` widens the shaft towards the camera.
    """

    anchor: tuple[float, float]
    pivot: float
    scale: float
    angle: float
    stretch: float
    roll: float
    nearing: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A local point, in pixels of the frame."""
        ahead = (x - self.pivot) * self.stretch
        zoom = self.scale / max(0.35, 1 + self.nearing * ahead)
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        side = y * self.roll
        return (
            self.anchor[0] + zoom * (ahead * cos - side * sin),
            self.anchor[1] + zoom * (ahead * sin + side * cos),
        )


def random_pose(dice: Dice, reach: float, margin: float) -> Pose:
    """A pose with the middle of the tip at least `margin` pixels inside the frame."""
    anchor = dice.uniform(margin, SIZE - margin), dice.uniform(margin, SIZE - margin)
    return Pose(
        anchor=anchor,
        pivot=reach / 2,
        scale=dice.uniform(12.0, 22.0),
        angle=dice.uniform(0, 2 * math.pi),
        stretch=dice.uniform(0.72, 1.0),
        roll=dice.uniform(0.7, 1.0) * dice.sign(),
        nearing=dice.uniform(0.0, 0.022),
    )


class Painted(NamedTuple):
    """An instrument in the frame: colour already multiplied by cover (SIZE, SIZE, 3), cover 0..256."""

    colour: IntField
    cover: IntField


def _draw(parts: tuple[Part, ...], pose: Pose) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Colour, cover and height pictures, _FINE times the frame's size."""
    side = (SIZE * _FINE, SIZE * _FINE)
    colour, cover, height = Image.new("RGB", side), Image.new("L", side), Image.new("L", side)
    pens = ImageDraw.Draw(colour), ImageDraw.Draw(cover), ImageDraw.Draw(height)
    for part in parts:
        placed = [pose.place(x, y) for x, y in part.outline]
        corners = [(round(x * _FINE), round(y * _FINE)) for x, y in placed]
        red, green, blue = (channel * part.alpha // 255 for channel in part.colour)
        pens[0].polygon(corners, fill=(red, green, blue))
        pens[1].polygon(corners, fill=part.alpha)
        pens[2].polygon(corners, fill=part.rise)
    return colour, cover, height


def paint_tool(dice: Dice, tool: Tool, pose: Pose) -> Painted:
    """Draws the tool in its pose and rounds it with light from a random side."""
    colour, cover, height = (image.reduce(_FINE) for image in _draw(tool.parts, pose))
    soft = height.filter(ImageFilter.BoxBlur(max(1, round(pose.scale / 7))))
    across, down = slopes(np.asarray(soft).astype(np.int32))
    light_x, light_y = dice.integer(-90, 90), dice.integer(-90, 90)
    shade = np.clip(256 + ((across * light_x + down * light_y) >> 6), 110, 420)
    alpha = np.asarray(cover).astype(np.int32)
    alpha += alpha >> 7
    lit = np.asarray(colour).astype(np.int32) * (shade * dice.integer(75, 115) // 100)[..., None] >> 8
    return Painted(np.clip(lit, 0, alpha[..., None]), alpha)


def lay_tool(dice: Dice, scene: IntField, tool: Painted) -> IntField:
    """The tool over the scene, its shadow on the tissue, and a little of the tissue's colour in its steel."""
    blurred = Image.fromarray(np.minimum(tool.cover, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(4))
    cast = shifted(np.asarray(blurred).astype(np.int32), dice.integer(-9, 9), dice.integer(-9, 9))
    shadow = cast * dice.integer(70, 170) >> 8
    shaded = scene * (256 - shadow)[..., None] >> 8
    kept = 256 - (tool.cover * dice.integer(84, 98) // 100)
    out: IntField = (shaded * kept[..., None] >> 8) + tool.colour
    return out
