"""Functions of two values, and of one that are made of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from sassafras.kernels.activation import Activation
from sassafras.network.importers.onnx.affine import absorb, per_channel
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.broadcasting import as_images
from sassafras.network.importers.onnx.operation import Constant, Known, Operation
from sassafras.network.importers.onnx.readings.activations import mapped
from sassafras.network.importers.onnx.table import reads
from sassafras.network.importers.onnx.values import Value
from sassafras.network.layers.arithmetic import Arithmetic
from sassafras.network.layers.arithmetic import Operation as Of
from sassafras.network.layers.elementwise import Function
from sassafras.network.layers.layer import MisfitError
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.tensor import Tensor

_ALIGNED = 7  #: the opset since which shapes are aligned at their ends
_SELU = 1.67326319217681884765625, 1.05070102214813232421875  #: alpha, gamma


def computed(operation: Operation, assembly: Assembly, of: Of, a: Known, b: Known) -> Tensor:
    """A function of two operands, one of which depends on the picture."""
    b = _turned(operation, a, b)
    try:
        return _combined(assembly, of, a, b)
    except MisfitError:
        whole = np.broadcast_shapes(a.shape, b.shape)
        if isinstance(a, Value) and isinstance(b, np.ndarray) and a.shape == whole:
            return _combined(assembly, of, a, np.broadcast_to(b, whole))
        if isinstance(a, np.ndarray) and b.shape == whole:
            return _combined(assembly, of, np.broadcast_to(a, whole), b)
        if whole and whole[0] != 1:  # one by one they may fit
            raise operation.several(whole[0]) from None
        raise


def _turned(operation: Operation, a: Known, b: Known) -> Known:
    """The second operand, with axes of 1 behind its own where ``axis`` of old opsets says so."""
    shape = _aligned(operation, a.shape, b.shape)
    return replace(b, shape=shape) if isinstance(b, Value) else b.reshape(shape)


def _combined(assembly: Assembly, of: Of, a: Known, b: Known) -> Tensor:
    images = as_images(a.shape, b.shape)
    if images is None:
        raise MisfitError(f"shapes {a.shape} and {b.shape} are repeated along each other in too many ways")
    if isinstance(a, Value) and isinstance(b, Value):
        pairs = zip((a, b), images, strict=True)
        return assembly.add(Arithmetic(of), *(assembly.shaped(known.tensor, image) for known, image in pairs))
    if isinstance(a, Value):
        assert isinstance(b, np.ndarray)
        return assembly.add(Arithmetic(of, images[1]), assembly.shaped(a.tensor, images[0]), constant=b)
    assert isinstance(b, Value)
    layer = Arithmetic(of, images[0], constant_first=True)
    return assembly.add(layer, assembly.shaped(b.tensor, images[1]), constant=a)


def _is_constant(known: Known) -> bool:
    return not isinstance(known, Value)


def scalar(number: float) -> Constant:
    """A constant operand."""
    return np.array([number], np.float32)


def _aligned(operation: Operation, one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The second shape, with what ``axis`` says in old opsets."""
    if operation.opset >= _ALIGNED or not operation.attribute("broadcast", 0):
        return other
    axis = operation.attribute("axis", len(one) - len(other))
    return (*other, *(1,) * (len(one) - axis - len(other)))


def _read(of: Of, operation: Operation, assembly: Assembly) -> Tensor:
    a, b = operation.inputs
    assert a is not None and b is not None
    return computed(operation, assembly, of, a, b)


for _operator, _of in (("Div", Of.DIV), ("Pow", Of.POW)):
    reads(_operator, "axis", "broadcast")(partial(_read, _of))


@reads("PRelu")
def read_prelu(operation: Operation, assembly: Assembly) -> Tensor:
    """slope x where x < 0; before opset 7 a slope per channel, then as shapes are repeated."""
    value, slope = operation.value(0), operation.floats(1)
    if slope.ndim == 1 and slope.size > 1 and operation.opset < _ALIGNED:
        slope = slope.reshape(-1, *(1,) * (len(value.shape) - 2))
    return computed(operation, assembly, Of.PRELU, value, slope)


@reads("Sum")
@reads("Add", "axis", "broadcast")
def read_sum(operation: Operation, assembly: Assembly) -> Tensor:
    """Values added up, one after the other: of one shape by the layer that residual networks have."""
    operands = [known for known in operation.inputs if known is not None]
    if len(operands) > 1 and all(isinstance(o, Value) and o.shape == operation.shape for o in operands):
        tensors = [o.tensor for o in operands if isinstance(o, Value)]
        alike = (assembly.shaped(tensor, tensors[0].image) for tensor in tensors)
        return assembly.add(Shortcut(Activation.LINEAR), *alike)
    total, *others = sorted(operands, key=_is_constant)
    assert isinstance(total, Value)
    for other in others:
        total = _plus(operation, assembly, total, other)
    return total.tensor


def _plus(operation: Operation, assembly: Assembly, a: Value, b: Known) -> Value:
    """The sum; a constant for each channel becomes part of the layer that has biases."""
    if isinstance(b, np.ndarray):
        offset = per_channel(a, b.reshape(_aligned(operation, a.shape, b.shape)))
        if offset is not None and absorb(assembly, a, 1.0, offset):
            return a
    shape = np.broadcast_shapes(a.shape, _aligned(operation, a.shape, b.shape))
    return Value(computed(operation, assembly, Of.ADD, a, b), shape)


@reads("Sub", "axis", "broadcast")
def read_difference(operation: Operation, assembly: Assembly) -> Tensor:
    """The difference; a constant that is subtracted is added, negative."""
    a, b = operation.inputs
    if isinstance(a, Value) and isinstance(b, np.ndarray):
        return _plus(operation, assembly, a, np.negative(b, out=np.empty_like(b))).tensor
    return _read(Of.SUB, operation, assembly)


@reads("Mul", "axis", "broadcast")
def read_mul(operation: Operation, assembly: Assembly) -> Tensor:
    """The product; a constant for each channel becomes part of the layer that multiplies by others."""
    values = sorted((known for known in operation.inputs if known is not None), key=_is_constant)
    a, b = values
    assert isinstance(a, Value)
    if isinstance(b, np.ndarray):
        scale = per_channel(a, b.reshape(_aligned(operation, a.shape, b.shape)))
        if scale is not None and absorb(assembly, a, scale, 0.0):
            return a.tensor
    return computed(operation, assembly, Of.MUL, a, b)


@reads("Reciprocal")
def read_reciprocal(operation: Operation, assembly: Assembly) -> Tensor:
    """1 / x."""
    return computed(operation, assembly, Of.DIV, scalar(1.0), operation.value(0))


@reads("Selu", "alpha", "gamma")
def read_selu(operation: Operation, assembly: Assembly) -> Tensor:
    """gamma times ELU."""
    alpha, gamma = (operation.attribute(n, d) for n, d in zip(("alpha", "gamma"), _SELU, strict=True))
    value = operation.value(0)
    inner = mapped(assembly, value.tensor, Function.ELU, alpha)
    return computed(operation, assembly, Of.MUL, Value(inner, value.shape), scalar(gamma))


@reads("Softplus")
def read_softplus(operation: Operation, assembly: Assembly) -> Tensor:
    """log(exp(x) + 1)."""
    return _softplus(operation, assembly)


def _softplus(operation: Operation, assembly: Assembly) -> Tensor:
    """As max(x, 0) + log(exp(-|x|) + 1), which no x makes infinite."""
    value = operation.value(0)
    size = mapped(assembly, value.tensor, Function.LEAKY, -1.0)
    small = mapped(assembly, mapped(assembly, size, Function.NEG), Function.EXP)
    added = computed(operation, assembly, Of.ADD, Value(small, value.shape), scalar(1.0))
    rest = mapped(assembly, added, Function.LOG)
    above = mapped(assembly, value.tensor, Function.LEAKY, 0.0)
    return computed(operation, assembly, Of.ADD, Value(above, value.shape), Value(rest, value.shape))


@reads("Softsign")
def read_softsign(operation: Operation, assembly: Assembly) -> Tensor:
    """x / (|x| + 1)."""
    value = operation.value(0)
    size = mapped(assembly, value.tensor, Function.LEAKY, -1.0)
    below = computed(operation, assembly, Of.ADD, Value(size, value.shape), scalar(1.0))
    return computed(operation, assembly, Of.DIV, value, Value(below, value.shape))


@reads("Mish")
def read_mish(operation: Operation, assembly: Assembly) -> Tensor:
    """x tanh(softplus(x))."""
    value = operation.value(0)
    inner = mapped(assembly, _softplus(operation, assembly), Function.TANH)
    return computed(operation, assembly, Of.MUL, value, Value(inner, value.shape))
