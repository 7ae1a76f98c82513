"""Functions of each value alone. Definitions and defaults: ONNX's Operators.md."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from sassafras.kernels.activation import Activation
from sassafras.network.graph import options_of
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.table import reads
from sassafras.network.layers.elementwise import LARGEST, Elementwise, Function
from sassafras.network.tensor import Tensor

_LEAKY = np.float32(0.1)  #: the slope that the activation of layers has


def mapped(assembly: Assembly, tensor: Tensor, function: Function, *numbers: float) -> Tensor:
    """A function of every value."""
    return assembly.add(Elementwise(function, tuple(float(np.float32(number)) for number in numbers)), tensor)


def activated(
    operation: Operation, assembly: Assembly, activation: Activation, function: Function, *numbers: float
) -> Tensor:
    """The activation of the layer that made the value, where nothing else reads that; else the function."""
    value = operation.value(0)
    node = assembly.maker(value)
    if node is None or "activation" not in options_of(node.layer):
        return mapped(assembly, value.tensor, function, *numbers)
    assembly.change(node, activation=activation)
    return value.tensor


@reads("Relu")
def read_relu(operation: Operation, assembly: Assembly) -> Tensor:
    """max(x, 0), as Darknet computes it: x * (x > 0)."""
    return activated(operation, assembly, Activation.RELU, Function.LEAKY, 0.0)


@reads("Sigmoid")
def read_sigmoid(operation: Operation, assembly: Assembly) -> Tensor:
    """1 / (1 + exp(-x))."""
    return activated(operation, assembly, Activation.LOGISTIC, Function.SIGMOID)


@reads("Tanh")
def read_tanh(operation: Operation, assembly: Assembly) -> Tensor:
    """The hyperbolic tangent."""
    return activated(operation, assembly, Activation.TANH, Function.TANH)


@reads("LeakyRelu", "alpha")
def read_leaky(operation: Operation, assembly: Assembly) -> Tensor:
    """alpha x where x < 0."""
    alpha = np.float32(operation.attribute("alpha", 0.01))
    if alpha == _LEAKY:
        return activated(operation, assembly, Activation.LEAKY, Function.LEAKY, float(alpha))
    return mapped(assembly, operation.value(0).tensor, Function.LEAKY, float(alpha))


@reads("Clip", "min", "max")
def read_clip(operation: Operation, assembly: Assembly) -> Tensor:
    """Held within two bounds; attributes before opset 11, then inputs."""
    low, high = (_bound(operation.setting(name, index)) for name, index in (("min", 1), ("max", 2)))
    most = LARGEST if high is None else min(high, LARGEST)
    least = -LARGEST if low is None else max(low, -LARGEST)
    return mapped(assembly, operation.value(0).tensor, Function.CLIP, min(least, most), most)


def _bound(setting: Any) -> float | None:
    while isinstance(setting, list):  # a constant of shape (1,), as some write it
        setting = setting[0]
    return None if setting is None or math.isnan(setting) else float(setting)


@reads("HardSigmoid", "alpha", "beta")
def read_hard_sigmoid(operation: Operation, assembly: Assembly) -> Tensor:
    """alpha x + beta, held within 0 and 1."""
    numbers = operation.attribute("alpha", 0.2), operation.attribute("beta", 0.5)
    return mapped(assembly, operation.value(0).tensor, Function.HARD_SIGMOID, *numbers)


@reads("HardSwish")
def read_hard_swish(operation: Operation, assembly: Assembly) -> Tensor:
    """x times the hard sigmoid of slope 1 / 6."""
    return mapped(assembly, operation.value(0).tensor, Function.HARD_SWISH, 1 / 6, 0.5)


@reads("Elu", "alpha")
def read_elu(operation: Operation, assembly: Assembly) -> Tensor:
    """alpha (exp(x) - 1) where x < 0."""
    return mapped(assembly, operation.value(0).tensor, Function.ELU, operation.attribute("alpha", 1.0))


@reads("Gelu", "approximate")
def read_gelu(operation: Operation, assembly: Assembly) -> Tensor:
    """x times the normal distribution's share below x, exact or by tanh."""
    by_tanh = operation.attribute("approximate", "none") == "tanh"
    return mapped(assembly, operation.value(0).tensor, Function.GELU_TANH if by_tanh else Function.GELU)


@reads("Abs")
def read_abs(operation: Operation, assembly: Assembly) -> Tensor:
    """-x where x < 0."""
    return mapped(assembly, operation.value(0).tensor, Function.LEAKY, -1.0)


def _read(function: Function, operation: Operation, assembly: Assembly) -> Tensor:
    return mapped(assembly, operation.value(0).tensor, function)


for _operator, _function in (
    ("Erf", Function.ERF),
    ("Exp", Function.EXP),
    ("Log", Function.LOG),
    ("Neg", Function.NEG),
    ("Sqrt", Function.SQRT),
):
    reads(_operator)(partial(_read, _function))
