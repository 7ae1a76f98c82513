"""Parts of values along axes, and values behind one another along any axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.values import Value, image_shape
from sassafras.network.layers.route import Route
from sassafras.network.layers.slice import Slice
from sassafras.network.layers.transpose import Transpose
from sassafras.network.tensor import Shape, Tensor

Part = tuple[int, int, int]  #: first, how many, step


def around(shape: Sequence[int], axis: int) -> Shape:
    """A shape as what lies outside an axis, the axis, what lies within it."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def sliced(assembly: Assembly, value: Value, parts: Mapping[int, Part]) -> Value:
    """The parts along some axes, one launch for all of them where the value is a map of one image."""
    shape = list(value.shape)
    parts = {axis: part for axis, part in parts.items() if part != (0, shape[axis], 1)}
    if len(shape) == 4 and shape[0] == 1 and 0 not in parts:
        whole = ((0, extent, 1) for extent in shape[1:])
        start, size, step = zip(*(parts.get(k, part) for k, part in enumerate(whole, 1)), strict=True)
        if parts:
            read = assembly.shaped(value.tensor, image_shape(shape))
            return Value(assembly.add(Slice(start, size, step), read), (1, *size))
        return value
    tensor = value.tensor
    for axis, (first, count, each) in parts.items():
        outer, _, inner = around(shape, axis)
        read = assembly.shaped(tensor, around(shape, axis))
        tensor = assembly.add(Slice((0, first, 0), (outer, count, inner), (1, each, 1)), read)
        shape[axis] = count
    return Value(tensor, tuple(shape))


def joined(assembly: Assembly, values: Sequence[Value], axis: int) -> Tensor:
    """Values behind one another along an axis: as channels, for which others are moved there and back."""
    views = [around(value.shape, axis) for value in values]
    outer, extent = views[0][0], sum(view[1] for view in views)
    if outer == 1:
        height, width = (1, 1, *values[0].shape[axis + 1 :])[-2:]
        return assembly.add(
            Route(), *(_as_channels(assembly, value.tensor, height, width) for value in values)
        )
    inner = views[0][2]
    moved = [
        assembly.add(Transpose(view, (1, 0, 2), (view[1], outer, inner)), value.tensor)
        for view, value in zip(views, values, strict=True)
    ]
    whole = assembly.add(Route(), *moved)
    return assembly.add(Transpose((extent, outer, inner), (1, 0, 2), (outer, extent, inner)), whole)


def _as_channels(assembly: Assembly, tensor: Tensor, height: int, width: int) -> Tensor:
    return assembly.shaped(tensor, (tensor.per_image // (height * width), height, width))
