"""Scales and offsets of channels, which become part of the layer that made the channels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.values import Value
from sassafras.network.layers.layer import Node

Numbers = NDArray[np.float64]
_FACTORS = ("weights", "scales")  #: what a layer multiplies by, channel by channel


def absorb(assembly: Assembly, value: Value, scale: Numbers | float, offset: Numbers | float) -> bool:
    """Make the layer that computes ``value`` compute scale x value + offset instead: a number per channel, or
    one. In binary64, rounded once. False, and nothing done, where there is no such layer, or others read it.
    """
    node = assembly.maker(value)
    if node is None or (factors := _factors(node)) is None:
        return False
    channels = node.parameter_shapes[node.named(factors)][0]
    if any(np.size(numbers) not in (1, channels) for numbers in (scale, offset)):
        return False
    scales, offsets = (np.broadcast_to(numbers, channels) for numbers in (scale, offset))
    old = assembly.parameter(node, factors).astype(np.float64)
    biases = np.zeros(channels)
    if "biases" in _names(node):
        biases = assembly.parameter(node, "biases").astype(np.float64)
    elif np.any(offsets):
        node = assembly.change(node, biased=True)
    assembly.set(node, factors, old * scales.reshape(-1, *(1,) * (old.ndim - 1)))
    if "biases" in _names(node):
        assembly.set(node, "biases", biases * scales + offsets)
    return True


def per_channel(value: Value, constant: NDArray[np.float32]) -> Numbers | None:
    """A constant that is repeated along a value, as a number for each channel of one image or for all; None
    where it is something else.
    """
    if constant.size == 1 and constant.ndim <= len(value.shape):
        return constant.astype(np.float64).reshape(-1)
    whole = (1, *value.shape[1:2], *(1,) * (len(value.shape) - 2))
    own = (1,) * (len(value.shape) - constant.ndim) + constant.shape
    if len(own) != len(value.shape) or own != whole or len(value.shape) < 2:
        return None
    return constant.astype(np.float64).reshape(-1)


def _factors(node: Node) -> str | None:
    return next((name for name in _FACTORS if name in _names(node)), None)


def _names(node: Node) -> set[str]:
    return set(node.layer.parameter_shapes(node.inputs))
