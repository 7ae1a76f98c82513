"""Several values behind one another."""

from __future__ import annotations

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.route import Route
from sassafras.network.tensor import Tensor


@reads("Concat", "axis")
def read_concat(operation: Operation, assembly: Assembly) -> Tensor:
    """Along one axis."""
    axis = operation.attribute("axis", 1) % len(operation.shape)
    values = [operation.value(index) for index in range(len(operation.inputs))]
    if any(extent != 1 for extent in operation.shape[:axis]):
        raise operation.refuse(f"only along the channels, not along axis {axis}")
    height, width = (1, 1, *operation.shape[axis + 1 :])[-2:]
    tensors = [value.tensor for value in values]
    return assembly.add(
        Route(),
        *(
            assembly.shaped(tensor, (tensor.per_image // (height * width), height, width))
            for tensor in tensors
        ),
    )
