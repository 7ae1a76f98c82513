"""The kernel ``resize_nearest`` (``cuda/resize_nearest.cu``): a map of another size, of nearest values."""

from __future__ import annotations

import numpy as np

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.axis_copy import Index, Indexes, axis_copy_kernel
from sassafras.kernels.pieces import Shape

_MAPPING = ("times", "plus", "by")
_INTEGERS = ("in_h", "in_w", "height", "width", *(f"{name}_{axis}" for axis in "hw" for name in _MAPPING))
"""An output at ``place`` is the input at (place times + plus) / by, rounded down."""


def _channels(arguments: Arguments) -> int:
    """Raises ValueError for part of a plane."""
    channels, rest = divmod(int(arguments["n"]), int(arguments["height"]) * int(arguments["width"]))
    if rest:
        raise ValueError(f"resize_nearest: n = {arguments['n']} is not a whole number of planes")
    return channels


def _shape(arguments: Arguments) -> Shape:
    return _channels(arguments), int(arguments["in_h"]), int(arguments["in_w"])


def _index(arguments: Arguments, axis: str, count: int) -> Index:
    times, plus, by = (int(arguments[f"{name}_{axis}"]) for name in _MAPPING)
    places = np.maximum(np.arange(count, dtype=np.int64) * times + plus, 0) // by
    index: Index = np.minimum(places, int(arguments[f"in_{axis}"]) - 1)
    return index


def _indexes(arguments: Arguments) -> Indexes:
    rows, columns = (int(arguments[name]) for name in ("height", "width"))
    channels = np.arange(_channels(arguments), dtype=np.int64)
    return channels, _index(arguments, "h", rows), _index(arguments, "w", columns)


RESIZE_NEAREST = axis_copy_kernel(
    "resize_nearest", "nearest values", _INTEGERS, _shape, _indexes, filled=False
)
