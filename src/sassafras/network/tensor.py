"""What flows along the edges of a graph."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sassafras.workload.buffer import FLOAT

Shape = tuple[int, int, int]  #: channels, height, width

INDEX = np.dtype(np.int32)


@dataclass(frozen=True)
class Tensor:
    """A named array in device memory. ``shape``: of activations (batch, channels, height, width), of
    parameters as their layer says.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic] = FLOAT

    @property
    def batch(self) -> int:
        """Images in it."""
        return self.shape[0]

    @property
    def image(self) -> Shape:
        """Channels, height, width of one image."""
        _, channels, height, width = self.shape
        return channels, height, width

    @property
    def per_image(self) -> int:
        """Elements of one image."""
        return math.prod(self.shape[1:])

    @property
    def elements(self) -> int:
        """Elements of all images."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Its size in memory."""
        return self.elements * self.dtype.itemsize
