"""A network so small that its results are known by arithmetic: every value is an exact binary fraction.

Input: ones, 1 x 6 x 6. Convolution: two filters 3 x 3 of 1/8, bias 1/2, relu: inside 9/8 + 1/2 = 1.625, on an
edge 6/8 + 1/2 = 1.25, in a corner 4/8 + 1/2 = 1. Max-pooling 2 x 2: 1.625 everywhere. Connected: weights zero
but for one, from pooled value 0 to class 3; biases 3, 1, -2, 0. So the logits are 3, 1, -2, 1.625.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.network import Network, build_network

CFG = """
[net]
height=6
width=6
channels=1
[convolutional]
filters=2
size=3
stride=1
pad=1
activation=relu
[maxpool]
size=2
stride=2
padding=0
[connected]
output=4
activation=linear
[softmax]
"""

LOGITS = (3.0, 1.0, -2.0, 1.625)
SIDE = 6  #: of the input and of the convolution's output


@cache
def small_network() -> Network:
    """The network of the module's docstring."""
    weights = np.zeros((4, 18), np.float32)
    weights[3, 0] = 1
    parameters = {
        "layer0.weights": np.full((2, 1, 3, 3), 1 / 8, np.float32),
        "layer0.biases": np.full(2, 1 / 2, np.float32),
        "layer2.weights": weights,
        "layer2.biases": np.array([3, 1, -2, 0], np.float32),
    }
    return build_network(parse_cfg(CFG).graph, parameters, ("a", "b", "c", "d"), "known faults")


def small_image() -> NDArray[np.float32]:
    """Its input: ones."""
    return np.ones((1, SIDE, SIDE), np.float32)


def softmax64(logits: NDArray[np.float64] | tuple[float, ...]) -> NDArray[np.float64]:
    """Probabilities of logits, in float64."""
    powers = np.exp(np.asarray(logits, np.float64) - np.max(logits))
    return np.asarray(powers / powers.sum())
