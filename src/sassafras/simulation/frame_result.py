"""What the network says of a frame without a fault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FrameResult:
    """A frame and its golden result: name, true class (or None), golden top-1 class and its probability."""

    name: str
    label: int | None
    top1: int
    confidence: float
