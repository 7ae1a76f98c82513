"""Pictures whose values a network wants around 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError


@dataclass(frozen=True)
class Normal:
    """(value - ``mean``) / ``std``, of each channel or of all alike, where values before are 0 to 1: what
    torchvision calls Normalize. Raises NetworkError for a number that is not finite, and a ``std`` not
    positive.
    """

    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not np.isfinite([*self.mean, *self.std]).all() or min(self.std) <= 0:
            raise NetworkError("a mean is a finite number, a std one above 0")

    def of(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Float32 (c, h, w), read-only, each step in binary32. Raises NetworkError for another number of
        channels.
        """
        mean, std = (self._for(name, len(pixels)) for name in ("mean", "std"))
        found = (pixels - mean) / std
        found.flags.writeable = False
        return found

    def _for(self, name: str, channels: int) -> NDArray[np.float32]:
        numbers: tuple[float, ...] = getattr(self, name)
        if len(numbers) not in (1, channels):
            raise NetworkError(f"{name}: {len(numbers)} numbers for {channels} channels; give one for each")
        return np.array(numbers, np.float32).reshape(-1, 1, 1)
