"""Shapes of any rank that are repeated along each other, as images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from sassafras.network.importers.onnx.values import image_shape
from sassafras.network.tensor import Shape


def as_images(one: Sequence[int], other: Sequence[int]) -> tuple[Shape, Shape] | None:
    """Two shapes that ONNX repeats along each other, as images that are repeated along each other in the same
    way. Neighbouring axes along which both are alike become one; None where more than three are left.
    """
    rank = max(len(one), len(other))
    a, b = ((1,) * (rank - len(shape)) + tuple(shape) for shape in (one, other))
    whole = tuple(map(max, zip(a, b, strict=True)))
    if rank in (3, 4) and whole[0] == 1:  # as the maps of a network lie
        return _image(a), _image(b)
    if a == b:
        return image_shape(a), image_shape(b)
    axes = [axis for axis in range(rank) if whole[axis] != 1]
    groups = [list(group) for _, group in groupby(axes, lambda axis: (a[axis] == 1, b[axis] == 1))]
    if len(groups) > 3:
        return None
    first, second = ([math.prod(shape[axis] for axis in group) for group in groups] for shape in (a, b))
    return _padded(first), _padded(second)


def _image(shape: tuple[int, ...]) -> Shape:
    _, channels, *rest = shape
    height, width = (1, *rest)[-2:]
    return channels, height, width


def _padded(extents: list[int]) -> Shape:
    """Channels first: a vector lies along the channels, as results of products do."""
    channels, height, width = (*extents, 1, 1, 1)[:3]
    return channels, height, width
