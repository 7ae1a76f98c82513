"""Values moved and scaled by statistics."""

from __future__ import annotations

import math

import numpy as np

from sassafras.network.importers.onnx.affine import absorb
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.refusal import Reason
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.batchnorm import BatchNorm
from sassafras.network.tensor import Tensor


@reads("BatchNormalization", "epsilon", "momentum", "spatial", "is_test", "training_mode", "consumed_inputs")
def read_batchnorm(operation: Operation, assembly: Assembly) -> Tensor:
    """With the statistics of training: part of the layer before, where that has weights and nothing else reads
    it; else a layer of its own.
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
