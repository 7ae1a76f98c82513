"""Values to probabilities."""

from __future__ import annotations

import math

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.pieces import around
from sassafras.network.importers.onnx.readings.activations import mapped
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.elementwise import Function
from sassafras.network.layers.softmax import Softmax
from sassafras.network.layers.softmax_along import SoftmaxAlong
from sassafras.network.tensor import Tensor

_OVER_ONE_AXIS = 13  #: the opset since which it is over one axis; before, over all from there on


@reads("Softmax", "axis")
def read_softmax(operation: Operation, assembly: Assembly) -> Tensor:
    """Over one axis; before opset 13 over all axes from one on."""
    return _softmax(operation, assembly)


@reads("LogSoftmax", "axis")
def read_log_softmax(operation: Operation, assembly: Assembly) -> Tensor:
    """The logarithm of the softmax: minus infinity where that is too small for binary32."""
    return mapped(assembly, _softmax(operation, assembly), Function.LOG)


def _softmax(operation: Operation, assembly: Assembly) -> Tensor:
    value, rank = operation.value(0), len(operation.shape)
    newer = operation.opset >= _OVER_ONE_AXIS
    axis = operation.attribute("axis", -1 if newer else 1) % max(rank, 1)
    if axis == 0 and rank > 1 and value.shape[0] == 1:
        raise operation.refuse("over the images, of which there is one")
    shape = value.shape if newer else (math.prod(value.shape[:axis]), math.prod(value.shape[axis:]))
    outer, size, inner = around(shape, axis if newer else 1)
    if inner == 1:
        return assembly.add(Softmax(outer, 1.0), value.tensor)
    return assembly.add(SoftmaxAlong(1), assembly.shaped(value.tensor, (outer, size, inner)))
