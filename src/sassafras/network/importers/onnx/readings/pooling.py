"""Windows without weights, and pooling over whole maps. Definitions: ONNX's Operators.md."""

from __future__ import annotations

from functools import partial

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.window import all_images, window_of
from sassafras.network.layers.reduce import Reduce, Reduction
from sassafras.network.layers.windowed import Pooling, Windowed
from sassafras.network.tensor import Tensor

_WINDOW = ("auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides")


def _read_windows(pooling: Pooling, operation: Operation, assembly: Assembly) -> Tensor:
    """Of MaxPool the second output, where each value was found, is not computed."""
    read = all_images(operation, assembly)
    window = window_of(operation, operation.integers("kernel_shape", ()))
    layer = Windowed(
        pooling,
        window.sizes,
        window.strides,
        (*window.before, *window.after),
        window.dilations,
        ceil_mode=bool(operation.attribute("ceil_mode", 0)),
        count_padding=bool(operation.attribute("count_include_pad", 0)),
    )
    return assembly.add(layer, read)


def _read_whole(reduction: Reduction, operation: Operation, assembly: Assembly) -> Tensor:
    """Every map to one value."""
    return assembly.add(Reduce(reduction, (1, 2)), all_images(operation, assembly))


reads("MaxPool", "storage_order", *_WINDOW)(partial(_read_windows, Pooling.MAX))
reads("AveragePool", "count_include_pad", *_WINDOW)(partial(_read_windows, Pooling.MEAN))
reads("GlobalAveragePool")(partial(_read_whole, Reduction.MEAN))
reads("GlobalMaxPool")(partial(_read_whole, Reduction.MAX))
