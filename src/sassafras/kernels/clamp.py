"""Holding values within bounds, as ``fminf(fmaxf(value, low), high)`` of ``cuda/hardened/activate_array_range.cu``
does (two FMNMX): a NaN becomes ``low``, and -0 lies below +0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clamp(values: NDArray[np.float32], low: float, high: float) -> int:
    """Hold float32 values within the bounds, in place; returns how many have changed. ``low`` <= ``high``, neither
    of them a NaN.
    """
