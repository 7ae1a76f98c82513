"""Pooling, reductions and normalisation over windows, against float64."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.one_layer import Values, result_of, values

from sassafras.network.layers.layer import MisfitError
from sassafras.network.layers.reduce import Reduce, Reduction
from sassafras.network.layers.response import ResponseNorm
from sassafras.network.layers.windowed import Pooling, Windowed
from sassafras.network.tensor import Tensor


def pooled(layer: Windowed, x: Values) -> tuple[Any, Any]:
    """Window by window: the values in the map, and how many positions lie in the padded map."""
    top, left, bottom, right = layer.padding
    _, height, width = x.shape
    shape = layer.output_shape((Tensor("x", (1, *x.shape)),))
    found, counts = np.empty(shape, object), np.empty(shape, np.int64)
    for c, i, j in np.ndindex(*shape):
        rows = [i * layer.stride[0] - top + k * layer.dilation[0] for k in range(layer.size[0])]
        columns = [j * layer.stride[1] - left + k * layer.dilation[1] for k in range(layer.size[1])]
        places = list(product(rows, columns))
        inside = [(y, z) for y, z in places if 0 <= y < height and 0 <= z < width]
        found[c, i, j] = [float(x[c, y, z]) for y, z in inside]
        counts[c, i, j] = sum(y < height + bottom and z < width + right for y, z in places)
    return found, counts


PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))
LAYERS = st.builds(
    Windowed,
    st.sampled_from(Pooling),
    PAIR,
    PAIR,
    st.tuples(*[st.integers(0, 2)] * 4),
    PAIR,
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(LAYERS, st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
def test_windows_equal_float64_to_rounding(layer: Windowed, channels: int, height: int, width: int) -> None:
    x = values(channels, height, width)
    try:
        layer.check((Tensor("x", (1, *x.shape)),))
    except MisfitError:
        return
    found, counts = pooled(layer, x)
    if layer.pooling is Pooling.MAX:
        expected = np.vectorize(lambda each: max(each, default=-np.inf), otypes=[float])(found)
    else:
        sums = np.vectorize(sum, otypes=[float])(found)
        counted = counts if layer.count_padding else np.vectorize(len)(found)
        with np.errstate(invalid="ignore"):
            expected = sums / counted
    np.testing.assert_allclose(result_of(layer, x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("extent", "size", "stride", "padding", "ceil", "count"),
    [
        (6, 3, 2, 0, False, 2),
        (6, 3, 2, 0, True, 3),
        (5, 3, 2, 0, True, 2),
        (4, 2, 3, 1, True, 2),
        (1, 1, 2, 0, True, 1),
    ],
)
def test_the_number_of_windows_is_pytorchs(
    extent: int, size: int, stride: int, padding: int, *, ceil: bool, count: int
) -> None:
    layer = Windowed(Pooling.MAX, (size,) * 2, (stride,) * 2, (padding,) * 4, ceil_mode=ceil)
    assert layer.output_shape((Tensor("x", (1, 1, extent, extent)),)) == (1, count, count)


def test_a_nan_is_kept() -> None:
    x = values(1, 4, 4)
    x[0, 1, 1] = np.nan
    found = result_of(Windowed(Pooling.MAX, (2, 2), (2, 2)), x)
    assert np.isnan(found).ravel().tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Windowed(Pooling.MAX, (5, 1), (1, 1)), "a window that spans 5"),
        (Windowed(Pooling.MAX, (2, 2), (1, 1), (2, 0, 0, 0)), "in the padding of"),
        (Windowed(Pooling.MAX, (1, 1), (1, 1), (0, 0, 1, 0)), "in the padding of"),
        (Windowed(Pooling.MEAN, (0, 1), (1, 1)), "are positive"),
        (Reduce(Reduction.SUM, ()), "axes of a map"),
        (Reduce(Reduction.SUM, (2, 1)), "axes of a map"),
        (Reduce(Reduction.SUM, (0, 3)), "axes of a map"),
        (ResponseNorm(0), "must be positive"),
        (ResponseNorm(3, bias=0.0), "must be positive"),
    ],
)
def test_what_does_not_fit_is_refused(layer: Any, text: str) -> None:
    with pytest.raises(MisfitError, match=text):
        layer.check((Tensor("x", (1, 2, 4, 4)),))


REDUCTIONS: dict[Reduction, Callable[..., Any]] = {
    Reduction.SUM: np.sum,
    Reduction.MEAN: np.mean,
    Reduction.MAX: np.max,
    Reduction.MIN: np.min,
}


@pytest.mark.parametrize("reduction", Reduction)
@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 1, 1), (600, 1, 2)])
def test_reductions_equal_float64_to_rounding(
    reduction: Reduction, axes: tuple[int, ...], shape: tuple[int, int, int]
) -> None:
    x = values(*shape)
    expected = REDUCTIONS[reduction](x.astype(np.float64), axis=axes, keepdims=True)
    found = result_of(Reduce(reduction, axes), x)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9])
def test_response_normalisation_equals_float64_to_rounding(size: int) -> None:
    x = 10 * values(5, 3, 4)
    layer = ResponseNorm(size, 0.01, 0.75, 2.0)
    wide, sums = x.astype(np.float64) ** 2, np.zeros(x.shape)
    for c in range(5):
        sums[c] = wide[max(0, c - (size - 1) // 2) : c + size // 2 + 1].sum(axis=0)
    expected = x / (2.0 + 0.01 / size * sums) ** 0.75
    np.testing.assert_allclose(result_of(layer, x), expected, rtol=2e-6)
