"""Values to probabilities."""

from __future__ import annotations

import math

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.readings.activations import mapped
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.elementwise import Function
from sassafras.network.layers.softmax import Softmax
from sassafras.network.tensor import Tensor

_OVER_ONE_AXIS = 13  #: the opset since which it is over one axis; before, over all from there on


@reads("Softmax", "axis")
def read_softmax(operation: Operation, assembly: Assembly) -> Tensor:
    """Over one axis; before opset 13 over all axes from one on."""
    value, rank = operation.value(0), len(operation.shape)
    newer = operation.opset >= _OVER_ONE_AXIS
    axis = operation.attribute("axis", -1 if newer else 1) % max(rank, 1)
    groups, behind = math.prod(value.shape[:axis]), math.prod(value.shape[axis + 1 :])
    if newer and behind != 1:
        raise operation.refuse("only over the last axis")
    return assembly.add(Softmax(groups, 1.0), value.tensor)


@reads("LogSoftmax", "axis")
def read_log_softmax(operation: Operation, assembly: Assembly) -> Tensor:
    """The logarithm of the softmax: minus infinity where that is too small for binary32."""
    return mapped(assembly, read_softmax(operation, assembly), Function.LOG)
