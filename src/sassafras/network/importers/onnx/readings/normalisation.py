"""Values moved and scaled by statistics."""

from __future__ import annotations

import math

import numpy as np

from sassafras.network.importers.onnx.affine import absorb
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.readings.activations import mapped
from sassafras.network.importers.onnx.readings.arithmetic import computed, scalar
from sassafras.network.importers.onnx.readings.reduction import reduced
from sassafras.network.importers.onnx.refusal import Reason
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.values import Value
from sassafras.network.importers.onnx.window import one_image
from sassafras.network.layers.arithmetic import Operation as Of
from sassafras.network.layers.batchnorm import BatchNorm
from sassafras.network.layers.elementwise import Function
from sassafras.network.layers.reduce import Reduction
from sassafras.network.layers.response import ResponseNorm
from sassafras.network.tensor import Tensor


@reads("BatchNormalization", "epsilon", "momentum", "spatial", "is_test", "training_mode", "consumed_inputs")
def read_batchnorm(operation: Operation, assembly: Assembly) -> Tensor:
    """With the statistics of training: part of the layer before, where that has weights and nothing else
    reads it; else a layer of its own.
    """
    if operation.attribute("training_mode", 0):
        raise operation.refuse("training_mode is set; export for inference", Reason.TRAINING)
    if not operation.attribute("spatial", 1):
        raise operation.refuse("spatial=0 is not supported")
    value = operation.value(0)
    batch, channels, *rest = value.shape
    if batch != 1:
        raise operation.several(batch)
    scale, bias, mean, variance = (operation.floats(index) for index in range(1, 5))
    epsilon = float(np.float32(operation.attribute("epsilon", 1e-5)))
    factor = scale.astype(np.float64) / np.sqrt(variance.astype(np.float64) + epsilon)
    if absorb(assembly, value, factor, bias.astype(np.float64) - mean.astype(np.float64) * factor):
        return value.tensor
    read = assembly.shaped(value.tensor, (channels, math.prod(rest[:-1]), (rest or [1])[-1]))
    statistics = {"rolling_mean": mean, "rolling_variance": variance}
    return assembly.add(BatchNorm(epsilon), read, biases=bias, scales=scale, **statistics)


@reads("LRN", "alpha", "beta", "bias", "size")
def read_lrn(operation: Operation, assembly: Assembly) -> Tensor:
    """By the squares of neighbouring channels."""
    defaults = {"size": 0, "alpha": 1e-4, "beta": 0.75, "bias": 1.0}
    numbers = {name: operation.attribute(name, default) for name, default in defaults.items()}
    return assembly.add(ResponseNorm(**numbers), one_image(operation, assembly))


@reads("LayerNormalization", "axis", "epsilon", "stash_type")
def read_layer_norm(operation: Operation, assembly: Assembly) -> tuple[Tensor, ...]:
    """By mean and variance along the axes from one on, step by step as its definition says."""
    value = operation.value(0)
    shape, rank = value.shape, len(value.shape)
    along = range(operation.attribute("axis", -1) % rank, rank)
    few = tuple(1 if axis in along else extent for axis, extent in enumerate(shape))
    epsilon = np.float32(operation.attribute("epsilon", 1e-5))
    mean = Value(reduced(assembly, value, Reduction.MEAN, along), few)
    centred = Value(computed(operation, assembly, Of.SUB, value, mean), shape)
    squares = Value(computed(operation, assembly, Of.MUL, centred, centred), shape)
    variance = Value(reduced(assembly, squares, Reduction.MEAN, along), few)
    above = computed(operation, assembly, Of.ADD, variance, scalar(float(epsilon)))
    root = Value(mapped(assembly, above, Function.SQRT), few)
    result = Value(computed(operation, assembly, Of.DIV, centred, root), shape)
    for of, index in ((Of.MUL, 1), (Of.ADD, 2)):
        if operation.has(index):
            result = Value(computed(operation, assembly, of, result, operation.floats(index)), shape)
    if operation.shapes[2:] in ((), (None,)):
        return result.tensor, mean.tensor
    return result.tensor, mean.tensor, computed(operation, assembly, Of.DIV, scalar(1.0), root)
