"""Products of matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Known, Operation
from sassafras.network.importers.onnx.readings.arithmetic import computed, scalar
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.values import Value
from sassafras.network.layers.arithmetic import Operation as Of
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.product import Product
from sassafras.network.layers.transpose import Transpose
from sassafras.network.tensor import Shape, Tensor


@reads("Gemm", "alpha", "beta", "transA", "transB", "broadcast")
def read_gemm(operation: Operation, assembly: Assembly) -> Tensor:
    """alpha x A x B + beta x C: of a row and constants the layer that has weights and biases."""
    a, b = (_turned(operation, assembly, index, name) for index, name in enumerate(("transA", "transB")))
    c = operation.inputs[2] if operation.has(2) else None
    alpha, beta = (float(np.float32(operation.attribute(name, 1.0))) for name in ("alpha", "beta"))
    if isinstance(b, np.ndarray):
        b = alpha * b
        whole = (1, b.shape[1])
        if isinstance(a, Value) and a.shape[0] == 1 and not isinstance(c, Value) and _fits(c, whole):
            biases = np.zeros(1, np.float32) if c is None else beta * c
            return _connected(assembly, a.tensor, b.T, np.broadcast_to(biases, whole).reshape(-1))
    product = Value(_product(operation, assembly, a, b), operation.shape)
    if isinstance(b, Value) and alpha != 1:
        product = Value(computed(operation, assembly, Of.MUL, product, scalar(alpha)), operation.shape)
    if isinstance(c, np.ndarray):
        c = np.asarray(beta * c)
    elif c is not None and beta != 1:
        c = Value(computed(operation, assembly, Of.MUL, c, scalar(beta)), c.shape)
    return product.tensor if c is None else computed(operation, assembly, Of.ADD, product, c)


@reads("MatMul")
def read_matmul(operation: Operation, assembly: Assembly) -> Tensor:
    """Of matrices, one behind the other; of a row and a constant the layer that has weights."""
    a, b = operation.inputs
    assert a is not None and b is not None
    if isinstance(a, Value) and isinstance(b, np.ndarray) and b.ndim == 2 and math.prod(a.shape[:-1]) == 1:
        return _connected(assembly, a.tensor, b.T, np.zeros(b.shape[1], np.float32))
    return _product(operation, assembly, a, b)


def _connected(assembly: Assembly, read: Tensor, weights: NDArray[Any], biases: NDArray[Any]) -> Tensor:
    layer = Connected(len(weights), Activation.LINEAR)
    return assembly.add(layer, read, biases=biases, weights=weights)


def _fits(constant: NDArray[np.float32] | None, whole: tuple[int, ...]) -> bool:
    return constant is None or (
        constant.ndim <= len(whole) and np.broadcast_shapes(constant.shape, whole) == whole
    )


def _turned(operation: Operation, assembly: Assembly, index: int, name: str) -> Known:
    """An operand, transposed if an attribute says so."""
    known = operation.inputs[index]
    assert known is not None
    if not operation.attribute(name, 0):
        return known
    if isinstance(known, np.ndarray):
        return known.T
    rows, columns = known.shape
    if 1 in (rows, columns):
        return Value(known.tensor, (columns, rows))
    moved = Transpose((1, rows, columns), (0, 2, 1), (1, columns, rows))
    return Value(assembly.add(moved, known.tensor), (columns, rows))


def _product(operation: Operation, assembly: Assembly, a: Known, b: Known) -> Tensor:
    shapes = _matrices(operation, a.shape, b.shape)
    if isinstance(a, Value) and isinstance(b, Value):
        pairs = zip((a, b), shapes, strict=True)
        return assembly.add(Product(), *(assembly.shaped(known.tensor, shape) for known, shape in pairs))
    if isinstance(a, Value):
        assert isinstance(b, np.ndarray)
        return assembly.add(Product(shapes[1]), assembly.shaped(a.tensor, shapes[0]), constant=b)
    assert isinstance(b, Value)
    layer = Product(shapes[0], constant_first=True)
    return assembly.add(layer, assembly.shaped(b.tensor, shapes[1]), constant=a)


def _matrices(operation: Operation, a: tuple[int, ...], b: tuple[int, ...]) -> tuple[Shape, Shape]:
    """Operands as stacks of matrices: a vector is a row or a column; rows of all of A's are one matrix's,
    where B is one.
    """
    a, b = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    stacked, other = a[:-2], b[:-2]
    if math.prod(other) == 1:
        return (1, math.prod(a[:-1]), a[-1]), (1, b[-2], b[-1])
    longest = max(len(stacked), len(other))
    alike = len({(1,) * (longest - len(stack)) + stack for stack in (stacked, other)}) == 1
    if math.prod(stacked) != 1 and not alike:
        raise operation.refuse(f"stacks of matrices {a} and {b} are repeated along each other")
    return (math.prod(stacked), a[-2], a[-1]), (math.prod(other), b[-2], b[-1])
