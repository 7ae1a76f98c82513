"""Values in other places: axes in another order, borders, repetitions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.pieces import Part, around, joined, sliced
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.values import Value, image_shape
from sassafras.network.layers.pad import Pad
from sassafras.network.layers.slice import Slice
from sassafras.network.layers.transpose import Transpose
from sassafras.network.tensor import Tensor


@reads("Transpose", "perm")
def read_transpose(operation: Operation, assembly: Assembly) -> Tensor:
    """Axes in another order; nothing, where only axes of 1 change places."""
    value = operation.value(0)
    order = operation.integers("perm", range(len(value.shape))[::-1])
    moving = [axis for axis in order if value.shape[axis] != 1]
    if moving == sorted(moving):
        return value.tensor
    return assembly.add(Transpose(value.shape, order, image_shape(operation.shape)), value.tensor)


@reads("DepthToSpace", "blocksize", "mode")
def read_depth_to_space(operation: Operation, assembly: Assembly) -> Tensor:
    """Channels to blocks of pixels."""
    batch, channels, height, width = operation.value(0).shape
    block = operation.attribute("blocksize")
    left = channels // block**2
    view, order = (batch, block, block, left, height, width), (0, 3, 4, 1, 5, 2)
    if operation.attribute("mode", "DCR") == "CRD":
        view, order = (batch, left, block, block, height, width), (0, 1, 4, 2, 5, 3)
    layer = Transpose(view, order, (batch * left, height * block, width * block))
    return assembly.add(layer, operation.value(0).tensor)


@reads("SpaceToDepth", "blocksize")
def read_space_to_depth(operation: Operation, assembly: Assembly) -> Tensor:
    """Blocks of pixels to channels."""
    batch, channels, height, width = operation.value(0).shape
    block = operation.attribute("blocksize")
    rows, columns = height // block, width // block
    view = (batch, channels, rows, block, columns, block)
    layer = Transpose(view, (0, 3, 5, 1, 2, 4), (batch * channels * block**2, rows, columns))
    return assembly.add(layer, operation.value(0).tensor)


@reads("Pad", "mode", "pads", "value")
def read_pad(operation: Operation, assembly: Assembly) -> Tensor:
    """A border of one number, of what lies at the edge, or of what is reflected there."""
    value = operation.value(0)
    pads, rank = operation.setting("pads", 1), len(value.shape)
    axes = [axis % rank for axis in operation.setting("axes", 3) or range(rank)]
    widths = {axis: (pads[k], pads[k + len(axes)]) for k, axis in enumerate(axes)}
    mode = operation.attribute("mode", "constant")
    if mode in ("edge", "reflect"):
        return _repeated(assembly, value, widths, mode)
    if mode != "constant":
        raise operation.refuse(f"mode={mode} is not supported")
    fill = operation.setting("value", 2) or 0.0
    while isinstance(fill, list):
        fill = fill[0]
    if not math.isfinite(fill):
        raise operation.refuse(f"a border of {fill} is not supported")
    return _bordered(assembly, value, widths, float(fill)).tensor


def _bordered(assembly: Assembly, value: Value, widths: dict[int, tuple[int, int]], fill: float) -> Value:
    """Rows and columns at once; other axes one by one."""
    shape = [1] * (3 - len(value.shape)) + list(value.shape)
    moved = {axis + len(shape) - len(value.shape): width for axis, width in widths.items()}
    inner = [moved.pop(axis, (0, 0)) for axis in (len(shape) - 2, len(shape) - 1)]
    tensor = value.tensor
    if any(map(any, inner)):
        read = assembly.shaped(tensor, (math.prod(shape[:-2]), shape[-2], shape[-1]))
        before, behind = zip((0, 0), *inner, strict=True)
        tensor = assembly.add(Pad(before, behind, fill), read)
        shape[-2:] = tensor.image[1:]
    for axis, (before, behind) in moved.items():
        if before or behind:
            read = assembly.shaped(tensor, around(shape, axis))
            tensor = assembly.add(Pad((0, before, 0), (0, behind, 0), fill), read)
            shape[axis] += before + behind
    return Value(tensor, tuple(shape))


def _repeated(assembly: Assembly, value: Value, widths: dict[int, tuple[int, int]], mode: str) -> Tensor:
    """Axis by axis: a part before, what lies between, a part behind."""
    for axis, (before, behind) in widths.items():
        last = value.shape[axis] - 1
        parts: list[Part] = [(max(-before, 0), last + 1 + min(before, 0) + min(behind, 0), 1)]
        if before > 0:
            parts.insert(0, (before, before, -1) if mode == "reflect" else (0, before, 0))
        if behind > 0:
            parts.append((last - 1, behind, -1) if mode == "reflect" else (last, behind, 0))
        pieces = [sliced(assembly, value, {axis: part}) for part in parts]
        if len(pieces) == 1:
            value = pieces[0]
            continue
        shape = list(value.shape)
        shape[axis] = sum(piece.shape[axis] for piece in pieces)
        value = Value(joined(assembly, pieces, axis), tuple(shape))
    return value.tensor


@reads("Expand")
def read_expand(operation: Operation, assembly: Assembly) -> Tensor:
    """Repeated along axes of 1."""
    value = operation.value(0)
    own = (1,) * (len(operation.shape) - len(value.shape)) + value.shape
    wider = {
        axis: (0, new, 0)
        for axis, (old, new) in enumerate(zip(own, operation.shape, strict=True))
        if old != new
    }
    return sliced(assembly, Value(value.tensor, own), wider).tensor


@reads("Tile")
def read_tile(operation: Operation, assembly: Assembly) -> Tensor:
    """Repeated as a whole along axes."""
    tensor, shape = operation.value(0).tensor, list(operation.value(0).shape)
    counts: Sequence[int] = operation.floats(1).astype(int).tolist()
    for axis, count in enumerate(counts):
        if count > 1:
            outer, inner = math.prod(shape[:axis]), math.prod(shape[axis:])
            read = assembly.shaped(tensor, (outer, 1, inner))
            tensor = assembly.add(Slice((0, 0, 0), (outer, count, inner), (1, 0, 1)), read)
            shape[axis] *= count
    return tensor
