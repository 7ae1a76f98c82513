"""The kernel ``copy_padded`` (``cuda/copy_padded.cu``): a map with a border of one number, or without some of
its own, its rows and columns side by side or spread.
"""

from __future__ import annotations

import numpy as np

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.axis_copy import Index, Indexes, axis_copy_kernel
from sassafras.kernels.pieces import Shape

_INTEGERS = (
    *("in_c", "in_h", "in_w", "height", "width", "before_c", "before_h", "before_w"),
    *("spread_h", "spread_w"),
)


def _shape(arguments: Arguments) -> Shape:
    channels, height, width = (int(arguments[f"in_{axis}"]) for axis in "chw")
    return channels, height, width


def _index(count: int, before: int, spread: int, extent: int) -> Index:
    place, rest = np.divmod(np.arange(count, dtype=np.int64) - before, spread)
    return np.where((rest == 0) & (place >= 0) & (place < extent), place, -1)


def _indexes(arguments: Arguments) -> Indexes:
    """Raises ValueError for part of a plane."""
    height, width = int(arguments["height"]), int(arguments["width"])
    channels, rest = divmod(int(arguments["n"]), height * width)
    if rest:
        raise ValueError(f"copy_padded: n = {arguments['n']} is not a whole number of planes")
    c, h, w = (
        _index(count, int(arguments[f"before_{axis}"]), int(arguments.get(f"spread_{axis}", 1)), extent)
        for axis, count, extent in zip("chw", (channels, height, width), _shape(arguments), strict=True)
    )
    return c, h, w


COPY_PADDED = axis_copy_kernel("copy_padded", "a border", _INTEGERS, _shape, _indexes, filled=True)
