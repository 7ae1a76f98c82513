"""A network so small that its results are known by arithmetic: every value is an exact binary fraction.

Input: ones, 1 x 6 x 6. Convolution: two filters 3 x 3 of 1/8, bias 1/2, relu: inside 9/8 + 1/2 = 1.625, on an
edge 6/8 + 1/2 = 1.25, in a corner 4/8 + 1/2 = 1. Max-pooling 2 x 2: 1.625 everywhere. Connected: weights zero
but for one, from pooled value 0 to class 3; biases 3, 1, -2, 0. So the logits are 3, 1, -2, 1.625.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.activation import Activation
from sassafras.kernels.registry import KERNELS
from sassafras.workload.buffer import FLOAT, WORD, Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.inputs import GivenInput
from sassafras.workload.judgement import Classes

LOGITS = (3.0, 1.0, -2.0, 1.625)
SIDE = 6  #: of the input and of the convolution's output
PIXELS = SIDE * SIDE
FILTERS, WINDOW, POOLED, CLASSES = 2, 9, 18, 4
_INDEX = np.dtype(np.int32)


def _map(name: str, channels: int, height: int, width: int) -> Buffer:
    shape = (channels, height, width)
    return Buffer(name, WORD * channels * height * width, shape, FLOAT, is_map=True)


_IMAGE = _map("input", 1, SIDE, SIDE)
_FILTERED = _map("layer0.output", FILTERS, SIDE, SIDE)
_POOL = _map("layer1.output", FILTERS, 3, 3)
_SUMS = _map("layer2.output", CLASSES, 1, 1)
_RESULT = _map("layer3.output", CLASSES, 1, 1)

_BUFFERS = (
    Buffer("layer0.weights", WORD * FILTERS * WINDOW, (FILTERS, 1, 3, 3)),
    Buffer("layer0.biases", WORD * FILTERS, (FILTERS,)),
    _FILTERED,
    Buffer("layer1.indexes", WORD * POOLED, None, _INDEX),
    _POOL,
    Buffer("layer2.weights", WORD * CLASSES * POOLED, (CLASSES, POOLED)),
    Buffer("layer2.biases", WORD * CLASSES, (CLASSES,)),
    _SUMS,
    _RESULT,
    _IMAGE,
    Buffer("workspace", WORD * WINDOW * PIXELS),
)

_PARTS = (
    Part(0, "convolutional", _FILTERED, ("layer0.biases", "layer0.weights")),
    Part(1, "maxpool", _POOL),
    Part(2, "connected", _SUMS, ("layer2.biases", "layer2.weights")),
    Part(3, "softmax", _RESULT),
)


def _call(kernel: str, part: int, **arguments: int | float | str) -> Call:
    return Call(KERNELS[kernel], part, arguments)


def _calls() -> tuple[Call, ...]:
    side: dict[str, int] = {"height": SIDE, "width": SIDE, "height_col": SIDE, "width_col": SIDE}
    relu, linear = int(Activation.RELU), int(Activation.LINEAR)
    return (
        _call("fill_gpu", 0, n=FILTERS * PIXELS, alpha=0.0, x="layer0.output", incx=1),
        _call("im2col_gpu", 0, n=PIXELS, image="input", ksize=3, pad=1, stride=1,
              columns="workspace", **side),
        _call("gemm", 0, transpose_b=0, m=FILTERS, n=PIXELS, k=WINDOW, a="layer0.weights", lda=WINDOW,
              b="workspace", ldb=PIXELS, c="layer0.output", ldc=PIXELS),
        _call("add_bias", 0, output="layer0.output", biases="layer0.biases", batch=1, n=FILTERS, size=PIXELS),
        _call("activate_array", 0, x="layer0.output", n=FILTERS * PIXELS, a=relu),
        _call("forward_maxpool", 1, n=POOLED, in_h=SIDE, in_w=SIDE, in_c=FILTERS, stride=2, size=2, pad=0,
              input="layer0.output", output="layer1.output", indexes="layer1.indexes"),
        _call("fill_gpu", 2, n=CLASSES, alpha=0.0, x="layer2.output", incx=1),
        _call("gemm", 2, transpose_b=1, m=1, n=CLASSES, k=POOLED, a="layer1.output", lda=POOLED,
              b="layer2.weights", ldb=POOLED, c="layer2.output", ldc=CLASSES),
        _call("add_bias", 2, output="layer2.output", biases="layer2.biases", batch=1, n=CLASSES, size=1),
        _call("activate_array", 2, x="layer2.output", n=CLASSES, a=linear),
        _call("softmax", 3, input="layer2.output", n=CLASSES, batch=1, batch_offset=CLASSES, groups=1,
              group_offset=CLASSES, stride=1, temp=1.0, output="layer3.output"),
    )  # fmt: skip


@cache
def small_network() -> GivenWorkload:
    """The network of the module's docstring, as launches: what its parts are made of needs no network."""
    weights = np.zeros((CLASSES, POOLED), np.float32)
    weights[3, 0] = 1
    contents = {
        "layer0.weights": np.full((FILTERS, 1, 3, 3), 1 / 8, np.float32),
        "layer0.biases": np.full(FILTERS, 1 / 2, np.float32),
        "layer2.weights": weights,
        "layer2.biases": np.array([3, 1, -2, 0], np.float32),
    }
    judgement = Classes(("a", "b", "c", "d"))
    return GivenWorkload(
        "known faults", judgement, _BUFFERS, _calls(), _PARTS, (_IMAGE.name,), (_RESULT.name,), contents
    )


def small_image() -> GivenInput:
    """Its input: ones."""
    return GivenInput("ones", (np.ones((1, SIDE, SIDE), np.float32),))


def softmax64(logits: NDArray[np.float64] | tuple[float, ...]) -> NDArray[np.float64]:
    """Probabilities of logits, in float64."""
    powers = np.exp(np.asarray(logits, np.float64) - np.max(logits))
    return np.asarray(powers / powers.sum())
