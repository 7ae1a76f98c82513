"""What ``first-valid`` and ``range`` compute, once more and slowly, on the bits of float32 values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.arguments import Arguments

Words = NDArray[np.uint32]


def is_nan(word: int) -> bool:
    return word & 0x7FFFFFFF > 0x7F800000


def key(word: int) -> int:
    """Orders the words of numbers as FMNMX does: -0 below +0."""
    return word if word < 1 << 31 else (1 << 31) - word - 1


def number(word: int) -> int:
    """Orders the words of numbers as a comparison does: the two zeros are equal."""
    return 0 if word in (0, 1 << 31) else key(word)


def first_valid(words: Words, arguments: Arguments) -> tuple[Words, NDArray[np.int32]]:
    """Maxima and indexes from the words of the input, as ``forward_maxpool_first_valid.cu`` scans it."""
    a = {name: int(value) for name, value in arguments.items()}
    h = (a["in_h"] + a["pad"] - a["size"]) // a["stride"] + 1
    w = (a["in_w"] + a["pad"] - a["size"]) // a["stride"] + 1
    best, where = np.zeros(a["n"], np.uint32), np.zeros(a["n"], np.int32)
    for place in range(a["n"]):
        plane, i, j = place // (h * w), place // w % h, place % w
        found: tuple[int, int] | None = None
        for row in range(i * a["stride"] - a["pad"] // 2, i * a["stride"] - a["pad"] // 2 + a["size"]):
            for column in range(j * a["stride"] - a["pad"] // 2, j * a["stride"] - a["pad"] // 2 + a["size"]):
                y, x = min(max(row, 0), a["in_h"] - 1), min(max(column, 0), a["in_w"] - 1)
                index = x + a["in_w"] * (y + a["in_h"] * plane)
                word = int(words[index])
                larger = found is not None and not is_nan(word) and number(word) > number(found[0])
                if found is None or is_nan(found[0]) or larger:
                    found = word, index
        assert found is not None
        best[place], where[place] = found
    return best, where


def held(words: Words, low: float, high: float) -> Words:
    """Words of values within the bounds."""
    least, most = (int(np.float32(bound).view(np.uint32)) for bound in (low, high))
    found = []
    for word in words.tolist():
        raised = least if is_nan(word) or key(word) < key(least) else word
        found.append(most if key(most) < key(raised) else raised)
    return np.array(found, np.uint32)
