"""Windows with weights. Definitions: ONNX's Operators.md."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.window import Pair, Window, one_image, window_of
from sassafras.network.layers.convolution import Convolution
from sassafras.network.layers.pad import Pad
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


@reads(
    "ConvTranspose",
    "auto_pad",
    "dilations",
    "group",
    "kernel_shape",
    "output_padding",
    "output_shape",
    "pads",
    "strides",
)
def read_conv_transpose(operation: Operation, assembly: Assembly) -> Tensor:
    """A convolution, turned round, of the input with zeros between its values and around them."""
    read = one_image(operation, assembly)
    weights, group = operation.floats(1), operation.attribute("group", 1)
    window = window_of(operation, weights.shape[2:])
    before, behind = _borders(operation, window, read)
    padded = assembly.add(Pad((0, *before), (0, *behind), spread=window.strides), read)
    turned = _turned(weights.reshape(*weights.shape[:2], *window.sizes), group)
    biases = {"biases": operation.floats(2)} if operation.has(2) else {}
    layer = Convolution(
        filters=len(turned),
        kernel_shape=window.sizes,
        dilations=window.dilations,
        group=group,
        biased=bool(biases),
    )
    return assembly.add(layer, padded, weights=turned, **biases)


def _borders(operation: Operation, window: Window, read: Tensor) -> tuple[Pair, Pair]:
    """Rows and columns before and behind the spread input; negative ones are cut off."""
    _, *extents = read.image
    outputs = (1, *operation.shape[2:])[-2:]
    fixed = "output_shape" in operation.attributes or operation.attribute("auto_pad", "NOTSET").startswith(
        "SAME"
    )
    found = []
    for axis in range(2):
        reach = (window.sizes[axis] - 1) * window.dilations[axis]
        spread = (extents[axis] - 1) * window.strides[axis] + 1
        first = reach - window.before[axis]
        if fixed:
            more = (0, *operation.integers("output_padding", (0, 0)))[-2:][axis]
            cut = spread + reach + more - outputs[axis]
            upper = operation.attribute("auto_pad", "NOTSET") == "SAME_UPPER"
            first = reach - (cut // 2 if upper else cut - cut // 2)
        found.append((first, outputs[axis] + reach - spread - first))
    (top, bottom), (left, right) = found
    return (top, left), (bottom, right)


def _turned(weights: NDArray[np.float32], group: int) -> NDArray[np.float32]:
    """(channels, filters / group, height, width) to those of a convolution, turned by half a circle."""
    channels, filters, height, width = weights.shape
    apart = weights.reshape(group, channels // group, filters, height, width).swapaxes(1, 2)
    return apart.reshape(group * filters, channels // group, height, width)[:, :, ::-1, ::-1]
