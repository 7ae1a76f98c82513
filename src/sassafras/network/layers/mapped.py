"""Activation functions of AlexeyAB's Darknet that ``activate_array`` does not have: kernels of their own."""

from __future__ import annotations

from enum import Enum

from sassafras.kernels.activation import Activation


class Mapped(Enum):
    """The value: the kernel, and the numbers that it takes. The name is Darknet's, in capitals."""

    SWISH = "map_silu", ()  #: x / (1 + exp(-x))
    MISH = "map_mish", ()  #: x tanh(log(1 + exp(x)))
    RELU6 = "map_clip", (0.0, 6.0)  #: x within 0 and 6; a NaN stays


AnyActivation = Activation | Mapped
EVERY: tuple[AnyActivation, ...] = (*Activation, *Mapped)
