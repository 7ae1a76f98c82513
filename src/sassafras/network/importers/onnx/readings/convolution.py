"""Windows with weights. Definitions: ONNX's Operators.md."""

from __future__ import annotations

import numpy as np

from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.window import one_image, window_of
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.tensor import Tensor


@reads("Conv", "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
def read_conv(operation: Operation, assembly: Assembly) -> Tensor:
    """Weights (filters, channels / group, height, width), and biases or none."""
    read = one_image(operation, assembly)
    weights = operation.floats(1)
    window = window_of(operation, weights.shape[2:])
    filters = weights.shape[0]
    biases = operation.floats(2) if operation.has(2) else np.zeros(filters, np.float32)
    group = operation.attribute("group", 1)
    if not window.is_square or not window.is_symmetric or group != 1 or window.dilations != (1, 1):
        raise operation.refuse("only square windows")
    layer = Convolutional(filters, window.sizes[0], window.strides[0], window.before[0], Activation.LINEAR)
    return assembly.add(layer, read, biases=biases, weights=weights)
