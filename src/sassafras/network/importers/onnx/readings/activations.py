"""Functions of each value alone."""

from __future__ import annotations

from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.tensor import Tensor


def activated(operation: Operation, assembly: Assembly, activation: Activation) -> Tensor:
    """The activation, by the layer that made the value where nothing else reads that."""
    value = operation.value(0)
    node = assembly.open_node(value)
    if node is None:
        return assembly.add(Shortcut(activation), value.tensor)
    assembly.change(node, activation=activation)
    return value.tensor


@reads("Relu")
def read_relu(operation: Operation, assembly: Assembly) -> Tensor:
    """max(x, 0)."""
    return activated(operation, assembly, Activation.RELU)


@reads("Sigmoid")
def read_sigmoid(operation: Operation, assembly: Assembly) -> Tensor:
    """1 / (1 + exp(-x))."""
    return activated(operation, assembly, Activation.LOGISTIC)


@reads("Tanh")
def read_tanh(operation: Operation, assembly: Assembly) -> Tensor:
    """The hyperbolic tangent."""
    return activated(operation, assembly, Activation.TANH)
