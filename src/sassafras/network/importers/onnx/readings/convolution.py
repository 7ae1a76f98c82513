"""Windows with weights. Definitions: ONNX's Operators.md."""

from __future__ import annotations

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.window import one_image, window_of
from sassafras.network.layers.convolution import Convolution
from sassafras.network.tensor import Tensor


@reads("Conv", "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
def read_conv(operation: Operation, assembly: Assembly) -> Tensor:
    """Weights (filters, channels / group, height, width), and biases or none."""
    read = one_image(operation, assembly)
    weights = operation.floats(1)
    window = window_of(operation, weights.shape[2:])
    biases = {"biases": operation.floats(2)} if operation.has(2) else {}
    layer = Convolution(
        filters=weights.shape[0],
        kernel_shape=window.sizes,
        strides=window.strides,
        pads=(*window.before, *window.after),
        dilations=window.dilations,
        group=operation.attribute("group", 1),
        biased=bool(biases),
    )
    return assembly.add(layer, read, weights=weights, **biases)
