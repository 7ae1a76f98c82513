"""Sums, means and extremes along axes."""

from __future__ import annotations

from collections.abc import Container
from functools import partial

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.grouping import grouped
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.values import Value
from sassafras.network.layers.layer import MisfitError
from sassafras.network.layers.reduce import Reduce, Reduction
from sassafras.network.tensor import Tensor


def _read(reduction: Reduction, operation: Operation, assembly: Assembly) -> Tensor:
    """Along ``axes`` (an attribute, later an input), all where none are given."""
    value = operation.value(0)
    rank = len(value.shape)
    given = operation.setting("axes", 1)
    if not given and operation.attribute("noop_with_empty_axes", 0):
        return value.tensor
    along = {axis % rank for axis in given} if given else set(range(rank))
    return reduced(assembly, value, reduction, along)


def reduced(assembly: Assembly, value: Value, reduction: Reduction, along: Container[int]) -> Tensor:
    """Along some axes. Raises MisfitError where they are too many, with others between."""
    rank = len(value.shape)
    marked = grouped(value.shape, [axis in along for axis in range(rank)])
    if marked is None:
        raise MisfitError(f"axes of {value.shape} that lie too far apart")
    image, marks = marked
    axes = tuple(axis for axis in range(3) if marks[axis])
    read = assembly.shaped(value.tensor, image)
    return assembly.add(Reduce(reduction, axes), read) if axes else read


for _reduction in Reduction:
    _operator = f"Reduce{_reduction.name.capitalize()}"
    reads(_operator, "axes", "keepdims", "noop_with_empty_axes")(partial(_read, _reduction))
