"""Axes of any number as the three of an image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from sassafras.network.importers.onnx.values import image_shape
from sassafras.network.tensor import Shape

Marks = tuple[bool, bool, bool]


def grouped(shape: Sequence[int], marks: Sequence[bool]) -> tuple[Shape, Marks] | None:
    """A shape whose axes are marked or not, as an image whose axes are: neighbours that are alike become one,
    axes of 1 are left out. None where more than three are left. Maps of a network keep their own axes.
    """
    if len(shape) in (3, 4) and shape[0] == 1:
        rows = marks[2] if len(shape) == 4 else False
        return image_shape(shape), (marks[1], rows, marks[-1])
    axes = [axis for axis in range(len(shape)) if shape[axis] != 1]
    groups = [(mark, list(group)) for mark, group in groupby(axes, lambda axis: marks[axis])]
    if len(groups) > 3:
        return None
    extents = [math.prod(shape[axis] for axis in group) for _, group in groups]
    channels, height, width = (*extents, 1, 1, 1)[:3]
    of_channels, of_rows, of_columns = (*(mark for mark, _ in groups), False, False, False)[:3]
    return (channels, height, width), (of_channels, of_rows, of_columns)
