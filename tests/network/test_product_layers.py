"""Products, softmax along an axis, and what is composed of layers: against float64."""

from __future__ import annotations

import numpy as np
import pytest
from tests.network.one_layer import result_of, values

from sassafras.kernels.activation import Activation
from sassafras.network.layers.arithmetic import Arithmetic, Operation
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.elementwise import Elementwise, Function
from sassafras.network.layers.layer import Layer, MisfitError
from sassafras.network.layers.pad import Pad
from sassafras.network.layers.product import Product
from sassafras.network.layers.reduce import Reduce, Reduction
from sassafras.network.layers.softmax_along import SoftmaxAlong
from sassafras.network.tensor import Shape, Tensor

PAIRS: tuple[tuple[Shape, Shape], ...] = (
    ((3, 5, 7), (3, 7, 4)),
    ((1, 5, 7), (3, 7, 4)),
    ((3, 5, 7), (1, 7, 4)),
    ((1, 1, 1), (1, 1, 1)),
    ((2, 17, 33), (2, 33, 18)),
    ((1, 1, 9), (1, 9, 5)),
)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_products_equal_float64_to_rounding(one: Shape, other: Shape, *, transposed: bool) -> None:
    a, b = values(*one), values(*other, seed=2)
    expected = a.astype(np.float64) @ b.astype(np.float64)
    b = np.ascontiguousarray(b.transpose(0, 2, 1)) if transposed else b
    shape = (b.shape[0], b.shape[1], b.shape[2])
    for found in (
        result_of(Product(transposed=transposed), a, b),
        result_of(Product(shape, transposed=transposed), a, parameters={"constant": b}),
        result_of(Product(one, constant_first=True, transposed=transposed), b, parameters={"constant": a}),
    ):
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 1, 1), (40, 1, 1), (1, 1, 600), (1, 600, 1)])
def test_softmax_along_an_axis(axis: int, shape: Shape) -> None:
    x = 3 * values(*shape)
    powers = np.exp(x.astype(np.float64) - x.max(axis=axis, keepdims=True))
    expected = powers / powers.sum(axis=axis, keepdims=True)
    found = result_of(SoftmaxAlong(axis), x)
    assert found.shape == x.shape
    np.testing.assert_allclose(found, expected, rtol=2e-6)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Product((2, 5, 4)), "matrices of 2x4x4 and 2x5x4 have no product"),
        (Product((3, 4, 4)), "matrices of 2x4x4 and 3x4x4 have no product"),
        (Product(), "two operands has 1"),
        (SoftmaxAlong(3), "axis of a map is 0, 1 or 2, not 3"),
    ],
)
def test_what_does_not_fit_is_refused(layer: Layer, text: str) -> None:
    with pytest.raises(MisfitError, match=text):
        layer.check((Tensor("x", (1, 2, 4, 4)),))


@pytest.mark.parametrize("axes", [(2,), (1, 2), (0,), (0, 1, 2)])
def test_layer_normalisation_is_nine_layers(axes: tuple[int, ...]) -> None:
    x = values(3, 5, 8) + np.float32(2)
    gain_shape = tuple(extent if axis in axes else 1 for axis, extent in enumerate(x.shape))
    gain, shift = (values(*gain_shape, seed=seed) for seed in (3, 4))
    shape = (gain.shape[0], gain.shape[1], gain.shape[2])
    mean = result_of(Reduce(Reduction.MEAN, axes), x)
    centred = result_of(Arithmetic(Operation.SUB), x, mean)
    variance = result_of(Reduce(Reduction.MEAN, axes), result_of(Arithmetic(Operation.MUL), centred, centred))
    epsilon = np.full((1, 1, 1), 1e-5, np.float32)
    padded = result_of(Arithmetic(Operation.ADD, (1, 1, 1)), variance, parameters={"constant": epsilon})
    divided = result_of(Arithmetic(Operation.DIV), centred, result_of(Elementwise(Function.SQRT), padded))
    scaled = result_of(Arithmetic(Operation.MUL, shape), divided, parameters={"constant": gain})
    found = result_of(Arithmetic(Operation.ADD, shape), scaled, parameters={"constant": shift})
    wide = x.astype(np.float64)
    square = wide.var(axis=axes, keepdims=True) + 1e-5
    expected = (wide - wide.mean(axis=axes, keepdims=True)) / np.sqrt(square) * gain + shift
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize(
    ("size", "stride", "padding"), [(3, 2, 1), (4, 2, 1), (3, 1, 0), (2, 3, 0), (3, 1, 2)]
)
def test_a_transposed_convolution_is_a_spread_map_under_turned_windows(
    size: int, stride: int, padding: int
) -> None:
    x, weights = values(2, 5, 4), values(2, 3, size, size, seed=2)
    edge = size - 1 - padding
    spread = result_of(Pad((0, edge, edge), (0, edge, edge), spread=(stride, stride)), x)
    turned = np.ascontiguousarray(weights[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
    layer = Convolutional(3, size, 1, 0, Activation.LINEAR)
    found = result_of(layer, spread, parameters={"weights": turned, "biases": np.zeros(3, np.float32)})
    full = np.zeros((3, 4 * stride + size, 3 * stride + size))
    for c, y, z in np.ndindex(*x.shape):
        full[:, y * stride : y * stride + size, z * stride : z * stride + size] += x[c, y, z] * weights[c]
    expected = full[:, padding : full.shape[1] - padding, padding : full.shape[2] - padding]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
