"""How the kernels that reduce a map along whole axes lay their windows (``cuda/reduce.cuh``)."""

from __future__ import annotations

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.window_kernel import Axes, Axis

INTEGERS = ("height", "width", "size_c", "size_h", "size_w")
"""Of the map, and of the blocks that fill it, each of which gives one value."""


def block_axes(arguments: Arguments) -> Axes:
    """Blocks side by side along every axis."""
    n, height, width, *sizes = (int(arguments[name]) for name in ("n", *INTEGERS))
    down, across = height // sizes[1], width // sizes[2]
    channels = n // (down * across)
    counts = (channels, down, across)
    c, h, w = (Axis(count * size, count, size, size) for count, size in zip(counts, sizes, strict=True))
    return c, h, w
