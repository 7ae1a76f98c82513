"""The activation functions of ``cuda/activate_array.cu``."""

from __future__ import annotations

from enum import IntEnum


class Activation(IntEnum):
    """The value is the code that the kernel takes as its argument ``a``; any other code makes every element
    zero.
    """

    LOGISTIC = 0  #: 1 / (1 + exp(-x))
    RELU = 1  #: x * (x > 0): -0 for negative x, NaN for -Inf
    LINEAR = 2  #: x
    RAMP = 3  #: x * (x > 0) + 0.1 x
    TANH = 4  #: 2 / (1 + exp(-2x)) - 1
    LEAKY = 5  #: x where x > 0, else 0.1 x
    ELU = 6  #: x * (x >= 0) + (exp(x) - 1) * (x < 0): NaN above 89, where 0 meets infinity
    HARDTAN = 7  #: x held within -1 .. 1
