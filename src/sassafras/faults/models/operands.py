"""The kinds of operands that published tables tell apart, as the published injector does by the golden result
(UFRGS-CAROL/nvbitfi@8f7e48a, ``injector/flex_grip_error_model.h``).
"""

from __future__ import annotations

import numpy as np

SMALL, LARGE = 1e-3, 1e3


def operand_kind(value: float) -> str:
    """Of a value by its size; NaN is "common", as comparisons with it are false."""
    size = abs(value)
    return "small" if size < SMALL else "big" if size > LARGE else "common"


def float_of(word: int) -> float:
    """The binary32 that a word is."""
    return float(np.uint32(word).view(np.float32))


def word_of(value: float) -> int:
    """The nearest binary32 as a word; infinity beyond the largest."""
    with np.errstate(over="ignore", under="ignore"):
        return int(np.float32(value).view(np.uint32))
