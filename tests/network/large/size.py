"""How large a network of `tests.network.large` is made: as it was published, or narrow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """``thinner``: by what all counts of channels are divided (at least one is left). ``side``: of the
    picture, pixels. ``classes``: scores at the end.
    """

    thinner: int = 1
    side: int = 224
    classes: int = 1000

    def of(self, channels: int) -> int:
        """So many channels of the published network."""
        return max(1, channels // self.thinner)


VGG_16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and number of the convolutions before each pool (Simonyan and Zisserman 2014, configuration D)."""

RESNET_50 = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Channels inside, and number, of the bottlenecks of each stage (He et al. 2015, table 1)."""

DENSENET_201 = (6, 12, 48, 32)
"""Layers of each block (Huang et al. 2016, table 1); each adds `GROWTH` channels."""

GROWTH, STEM = 32, 64
