"""Windows without weights."""

from __future__ import annotations

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.refusal import Reason
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.window import all_images, window_of
from sassafras.network.layers.avgpool import Avgpool
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.tensor import Tensor


@reads("MaxPool", "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides")
def read_maxpool(operation: Operation, assembly: Assembly) -> Tensor:
    """The largest value under each window; its second output, where it was found, is not computed."""
    read = all_images(operation, assembly)
    window = window_of(operation, operation.integers("kernel_shape", ()))
    if not window.is_square or window.dilations != (1, 1):
        raise operation.refuse("only square windows")
    return assembly.add(Maxpool(window.sizes[0], window.strides[0], 2 * window.before[0]), read)


@reads("GlobalAveragePool")
def read_global_average(operation: Operation, assembly: Assembly) -> Tensor:
    """The mean of each channel of each image."""
    value = operation.value(0)
    batch, channels, *extents = value.shape
    if len(extents) > 2:
        raise operation.refuse(f"its input has {len(value.shape)} dimensions; images have 4", Reason.RANK)
    height, width = (1, 1, *extents)[-2:]
    return assembly.add(Avgpool(), assembly.shaped(value.tensor, (batch * channels, height, width)))
