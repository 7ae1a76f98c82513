"""Which instrument a frame shows: drawn at random, or balanced over the classes."""

from __future__ import annotations

from sassafras.network.frames.dice import Dice
from sassafras.network.frames.instruments import CLASS_NAMES
from sassafras.workload.choices import FrameClasses

__all__ = ["FrameClasses", "balanced_class"]

_ROUNDS = 1 << 64
"""Streams of the rounds' orders: behind those of all frames, whose indices are below 2**63."""


def balanced_class(seed: int, index: int) -> int:
    """The class of frame `index` in the balanced set `seed`: its place in `CLASS_NAMES`.

    Each round of `len(CLASS_NAMES)` frames holds every class once, in an order drawn from (seed, round). So
    the first n frames hold each class floor or ceil of n / classes times, and more frames change none.
    """
    turn, place = divmod(index, len(CLASS_NAMES))
    dice = Dice(seed, _ROUNDS + turn)
    order = list(range(len(CLASS_NAMES)))
    for last in range(len(order) - 1, 0, -1):  # Fisher and Yates
        other = dice.integer(0, last)
        order[last], order[other] = order[other], order[last]
    return order[place]
