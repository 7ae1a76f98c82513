"""How often the network is right without any fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sassafras.simulation.frame_result import FrameResult


@dataclass(frozen=True)
class GoldenAccuracy:
    """Frames of a campaign: all of them, those whose true class is known, and those of the latter whose
    golden answer (top-1 class) is the true one. ``sets``: an answer is a set of classes.
    """

    frames: int = 0
    known: int = 0
    right: int = 0
    sets: bool = False

    @staticmethod
    def of(frames: Iterable[FrameResult], *, sets: bool = False) -> GoldenAccuracy:
        """Counted."""
        found = list(frames)
        known = [frame for frame in found if frame.label is not None]
        return GoldenAccuracy(len(found), len(known), sum(frame.top1 == frame.label for frame in known), sets)
