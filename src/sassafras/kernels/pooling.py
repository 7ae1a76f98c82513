"""How the kernels that pool windows of rows and columns lay them (``cuda/pool.cuh``)."""

from __future__ import annotations

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.window_kernel import Axes, Axis

_NAMES = ("in", "out", "size", "stride", "dilation", "before")
INTEGERS = tuple(f"{name}_{axis}" for name in _NAMES for axis in "hw")
"""Of both axes: extent, outputs, positions of a window, steps from window to window and from position to
position, padding before the map.
"""
COUNTED = ("low_h", "low_w", "end_h", "end_w")
"""Of a mean: the positions that count."""


def pool_axes(arguments: Arguments) -> Axes:
    """Raises ValueError where the outputs are no whole number of planes."""
    n, h, w = (int(arguments[name]) for name in ("n", "out_h", "out_w"))
    planes, rest = divmod(n, h * w)
    if rest:
        raise ValueError(f"n = {n} is not a whole number of {h} x {w} planes")
    return Axis(planes, planes), _axis(arguments, "h"), _axis(arguments, "w")


def _axis(arguments: Arguments, axis: str) -> Axis:
    extent, count, size, stride, dilation, before = (int(arguments[f"{name}_{axis}"]) for name in _NAMES)
    low, end = (int(arguments.get(f"{name}_{axis}", 0)) for name in ("low", "end"))
    return Axis(extent, count, size, stride, dilation, -before, low, end)
