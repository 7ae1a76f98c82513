"""Where a panel is on the page."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sassafras.report.figures.value import Axis, Panel


@dataclass(frozen=True)
class Place:
    """A panel on the page: where its axes begin and end."""

    panel: Panel
    left: float
    right: float
    top: float
    bottom: float
    above: bool  #: ticks stand above the axes

    def x(self, value: float) -> float:
        """Across the page."""
        return self.left + _along(self.panel.x, value) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Down the page."""
        return self.bottom - _along(self.panel.y, value) * (self.bottom - self.top)


def _along(axis: Axis, value: float) -> float:
    if axis.log:
        return (math.log10(value) - math.log10(axis.low)) / (math.log10(axis.high) - math.log10(axis.low))
    return (value - axis.low) / (axis.high - axis.low)
