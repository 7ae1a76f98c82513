"""What a run left in the outputs of its workload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.workload.buffer import FLOAT, Buffer


@dataclass(frozen=True, eq=False)
class Result:
    """``raw``: uint8, the bytes of all ``buffers``, one behind the other."""

    raw: NDArray[np.uint8]
    buffers: tuple[Buffer, ...]

    def start(self, name: str) -> int:
        """Where the bytes of an output begin. Raises KeyError."""
        start = 0
        for buffer in self.buffers:
            if buffer.name == name:
                return start
            start += buffer.nbytes
        raise KeyError(name)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """An output, of its dtype and shape (flat where it has none). A view. Raises KeyError."""
        start = self.start(name)
        buffer = next(one for one in self.buffers if one.name == name)
        values = self.raw[start : start + buffer.nbytes].view(buffer.dtype)
        return values if buffer.shape is None else values.reshape(buffer.shape)

    @property
    def numbers(self) -> NDArray[np.float32]:
        """Every value of every output, in order; what is no float32 is rounded to one."""
        if all(buffer.dtype == FLOAT for buffer in self.buffers):
            return self.raw.view(np.float32)
        return np.concatenate([self[one.name].reshape(-1).astype(np.float32) for one in self.buffers])

    @property
    def is_finite(self) -> bool:
        """Whether no value is NaN or infinite."""
        return all(bool(np.isfinite(self[buffer.name]).all()) for buffer in self.buffers)

    def tobytes(self) -> bytes:
        """All bytes: two results are the same where these are."""
        return self.raw.tobytes()

    def copy(self) -> Result:
        """Its own bytes."""
        return Result(self.raw.copy(), self.buffers)
