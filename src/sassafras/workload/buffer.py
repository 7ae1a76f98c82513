"""Buffers and parts of a workload."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FLOAT = np.dtype(np.float32)
WORD = 4


@dataclass(frozen=True)
class Buffer:
    """A piece of device memory. ``shape``: of the array that lies in it, where it is always the same one.
    ``is_map``: a float32 feature map, channels, height, width: what differs of it travels as pieces
    (`sassafras.kernels.pieces`).
    """

    name: str
    nbytes: int
    shape: tuple[int, ...] | None = None
    dtype: np.dtype[np.generic] = FLOAT
    is_map: bool = False

    @property
    def map_shape(self) -> tuple[int, int, int]:
        """Of a feature map. Raises ValueError for another buffer."""
        if not self.is_map or self.shape is None:
            raise ValueError(f"{self.name} is no feature map")
        channels, height, width = self.shape
        return channels, height, width


@dataclass(frozen=True)
class Part:
    """Launches that make one result together: of a network a layer. ``kind``: what it is ("convolutional").
    ``output``: the buffer of its result. ``contents``: the buffers that it reads and nobody writes, such as
    weights. ``of_planes``: a result of two or three dimensions that is no map is shown as one.
    """

    index: int
    kind: str
    output: Buffer
    contents: tuple[str, ...] = ()
    of_planes: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width of the result; (values, 1, 1) where it is not shown as a map."""
        shape = self.output.shape
        if self.output.is_map:
            return self.output.map_shape
        if self.of_planes and shape is not None and len(shape) in (2, 3):
            planes, height, width = (1, *shape)[-3:]
            return planes, height, width
        return self.output.nbytes // self.output.dtype.itemsize, 1, 1
