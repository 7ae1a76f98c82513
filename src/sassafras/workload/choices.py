"""How a campaign's inputs are chosen: words that its settings hold. What they mean is up to its source (of a
network: rendered frames, and pictures that are made to fit).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FrameClasses(StrEnum):
    """How the classes of a set of frames come about."""

    DRAWN = "drawn"  #: each frame's by itself, all equally likely: some classes may be missing
    BALANCED = "balanced"  #: every class once in each round of as many frames as there are classes


class Fit(StrEnum):
    """How a picture of another size becomes an input. Each has its program in Darknet's family that feeds a
    network so.
    """

    STRETCH = "stretch"  #: both sides to the network's, the aspect ratio is lost (AlexeyAB's detectors)
    LETTERBOX = "letterbox"  #: the whole picture between bars of grey (pjreddie's ``classifier predict``)
    CROP = "crop"  #: the middle of the picture, cut to fit (AlexeyAB's ``classifier predict``)


@dataclass(frozen=True)
class Choice:
    """What settings say of inputs. ``seed``, ``count``, ``classes``: of those that are made; ``fit``: of the
    user's pictures.
    """

    seed: int
    count: int
    classes: FrameClasses = FrameClasses.DRAWN
    fit: Fit = Fit.STRETCH
