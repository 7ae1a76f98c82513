"""Several values behind one another, and one in several parts."""

from __future__ import annotations

from itertools import accumulate

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.pieces import Part, joined, sliced
from sassafras.network.importers.onnx.table import reads
from sassafras.network.tensor import Tensor

_MOST_RUNS = 64  #: of indices that are no single row of steps


@reads("Concat", "axis")
def read_concat(operation: Operation, assembly: Assembly) -> Tensor:
    """Along one axis."""
    values = [assembly.map_of(known) for known in operation.inputs if known is not None]
    return joined(assembly, values, operation.attribute("axis", 1) % len(operation.shape))


@reads("Split", "axis", "split", "num_outputs")
def read_split(operation: Operation, assembly: Assembly) -> tuple[Tensor, ...]:
    """Parts as long as ``split`` says (an attribute, later an input); else equal, the last the shortest."""
    value = operation.value(0)
    axis = operation.attribute("axis", 0) % len(value.shape)
    count, extent = len(operation.node.output), value.shape[axis]
    each = -(-extent // count)
    lengths = operation.setting("split", 1) or [each] * (count - 1) + [extent - each * (count - 1)]
    starts = accumulate(lengths, initial=0)
    return tuple(
        value.tensor if shape is None else sliced(assembly, value, {axis: (start, length, 1)}).tensor
        for start, length, shape in zip(starts, lengths, operation.shapes, strict=False)
    )


@reads("Slice", "axes", "starts", "ends")
def read_slice(operation: Operation, assembly: Assembly) -> Tensor:
    """Attributes before opset 10, then inputs."""
    value = operation.value(0)
    starts, ends = operation.setting("starts", 1), operation.setting("ends", 2)
    axes = operation.setting("axes", 3) or range(len(starts))
    steps = operation.setting("steps", 4) or [1] * len(starts)
    parts: dict[int, Part] = {}
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        places = range(value.shape[axis])[slice(start, end, step)]
        parts[axis % len(value.shape)] = (places[0], len(places), step)
    return sliced(assembly, value, parts).tensor


@reads("Gather", "axis")
def read_gather(operation: Operation, assembly: Assembly) -> Tensor:
    """Constant places along one axis: those in a row with equal steps together."""
    value, indices = operation.value(0), operation.constant(1)
    assert indices is not None
    axis = operation.attribute("axis", 0) % len(value.shape)
    runs = _runs([int(index) % value.shape[axis] for index in indices.reshape(-1)])
    if len(runs) > _MOST_RUNS:
        raise operation.refuse(f"{len(runs)} places without a pattern; {_MOST_RUNS} are read")
    parts = [sliced(assembly, value, {axis: run}) for run in runs]
    return parts[0].tensor if len(parts) == 1 else joined(assembly, parts, axis)


def _runs(indices: list[int]) -> list[Part]:
    """Places as rows of equal steps."""
    found: list[Part] = []
    while indices:
        step = indices[1] - indices[0] if len(indices) > 1 else 1
        count = 1
        while count < len(indices) and indices[count] == indices[0] + count * step:
            count += 1
        found.append((indices[0], count, step))
        indices = indices[count:]
    return found
