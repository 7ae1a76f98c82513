"""Products of matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.connected import Connected
from sassafras.network.tensor import Tensor


@reads("Gemm", "alpha", "beta", "transA", "transB", "broadcast")
def read_gemm(operation: Operation, assembly: Assembly) -> Tensor:
    """alpha x A x B + beta x C: the row A is the picture's, B and C are constant."""
    value = operation.value(0)
    rows, length = value.shape[:: -1 if operation.attribute("transA", 0) else 1]
    if rows != 1:
        raise operation.several(rows)
    matrix = operation.floats(1)
    weights = matrix if operation.attribute("transB", 0) else matrix.T
    weights = np.float32(operation.attribute("alpha", 1.0)) * weights
    biases = np.zeros(len(weights), np.float32)
    if operation.has(2):
        beta = np.float32(operation.attribute("beta", 1.0))
        added = operation.floats(2)
        if added.size not in (1, len(weights)):
            raise operation.several(added.size // len(weights))
        biases = np.broadcast_to(beta * added.reshape(-1), len(weights))
    assert weights.shape[1] == length
    return _connected(assembly, value.tensor, weights, biases)


@reads("MatMul")
def read_matmul(operation: Operation, assembly: Assembly) -> Tensor:
    """A row by a constant matrix."""
    value = operation.value(0)
    matrix = operation.floats(1)
    rows = value.tensor.per_image // value.shape[-1]
    if matrix.ndim != 2:
        raise operation.refuse(f"a constant of {matrix.ndim} dimensions; a matrix has 2")
    if rows != 1:
        raise operation.several(rows)
    return _connected(assembly, value.tensor, matrix.T, np.zeros(matrix.shape[1], np.float32))


def _connected(
    assembly: Assembly, read: Tensor, weights: NDArray[np.float32], biases: NDArray[np.float32]
) -> Tensor:
    layer = Connected(len(weights), Activation.LINEAR)
    return assembly.add(layer, read, biases=biases, weights=weights)
