"""What a frame is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import SassafrasError


class FrameError(SassafrasError):
    """A frame was asked for that cannot be rendered, or a sheet of none."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One labelled picture.

    `pixels` is uint8 RGB of shape (227, 227, 3) and read-only; `label` indexes `CLASS_NAMES`; `name` says
    which frame it is, e.g. "seed2026-000003-hook".
    """

    pixels: NDArray[np.uint8]
    label: int
    name: str
