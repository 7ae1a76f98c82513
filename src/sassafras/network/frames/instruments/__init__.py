"""The seven instruments of the Cholec80 data set (paper section 5.1), as drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.instruments.jaws import bipolar, clipper, grasper, scissors
from sassafras.network.frames.instruments.rods import hook, irrigator, specimen_bag
from sassafras.network.frames.instruments.shapes import Part, Tool, shaft

INSTRUMENTS: Mapping[str, Callable[[Dice], Tool]] = MappingProxyType(
    {
        "grasper": grasper,
        "bipolar": bipolar,
        "hook": hook,
        "scissors": scissors,
        "clipper": clipper,
        "irrigator": irrigator,
        "specimen_bag": specimen_bag,
    }
)
"""What draws each class, in class order."""

CLASS_NAMES: tuple[str, ...] = tuple(INSTRUMENTS)
"""The class names, at the index of their label."""

__all__ = ["CLASS_NAMES", "INSTRUMENTS", "Part", "Tool", "shaft"]
