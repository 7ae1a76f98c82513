"""Several values to one, and one value moved by constants."""

from __future__ import annotations

from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.route import Route
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.tensor import Tensor


@reads("Sum")
@reads("Add", "axis", "broadcast")
def read_sum(operation: Operation, assembly: Assembly) -> Tensor:
    """Values of one shape, added up."""
    values = [operation.value(index) for index in range(len(operation.inputs))]
    if len(values) == 1:
        return values[0].tensor
    if any(value.shape != operation.shape for value in values):
        raise operation.refuse("only equal shapes are added")
    first, *others = (value.tensor for value in values)
    return assembly.add(
        Shortcut(Activation.LINEAR), first, *(assembly.shaped(other, first.image) for other in others)
    )


@reads("Concat", "axis")
def read_concat(operation: Operation, assembly: Assembly) -> Tensor:
    """Channels behind one another."""
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
