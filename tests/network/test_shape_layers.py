"""Layers that leave values as they are, or put others between them, against NumPy."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.one_layer import Values, result_of, values

from sassafras.network.layers.layer import Layer, MisfitError
from sassafras.network.layers.pad import Pad
from sassafras.network.layers.resize import Coordinates, Nearest, Resize
from sassafras.network.layers.slice import Slice
from sassafras.network.layers.transpose import Transpose
from sassafras.network.tensor import Shape, Tensor

EXTENT = st.integers(1, 7)


@st.composite
def slices(draw: Any) -> tuple[Shape, Slice]:
    shape = draw(st.tuples(EXTENT, EXTENT, EXTENT))
    starts, sizes, steps = [], [], []
    for extent in shape:
        step, start = draw(st.integers(-3, 3)), draw(st.integers(0, extent - 1))
        room = 5 if step == 0 else (extent - 1 - start if step > 0 else start) // abs(step) + 1
        starts.append(start)
        steps.append(step)
        sizes.append(draw(st.integers(1, room)))
    return shape, Slice(tuple(starts), tuple(sizes), tuple(steps))


@settings(max_examples=100, deadline=None)
@given(slices())
def test_slices(case: tuple[Shape, Slice]) -> None:
    shape, layer = case
    layer.check((Tensor("x", (1, *shape)),))
    x = values(*shape)
    places = [
        start + step * np.arange(size)
        for start, size, step in zip(layer.start, layer.size, layer.step, strict=True)
    ]
    np.testing.assert_array_equal(result_of(layer, x), x[np.ix_(*places)])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=6).flatmap(
        lambda v: st.tuples(st.just(v), st.permutations(range(len(v))))
    )
)
def test_every_order_of_axes(case: tuple[list[int], list[int]]) -> None:
    view, order = case
    count = int(np.prod(view))
    x = values(count, 1, 1)
    expected = x.reshape(view).transpose(order)
    shape = (count, 1, 1) if len(view) != 3 else tuple(expected.shape)
    found = result_of(Transpose(tuple(view), tuple(order), shape), x)
    assert found.shape == shape
    np.testing.assert_array_equal(found.ravel(), expected.ravel())


def test_usual_orders_are_one_launch_and_depth_to_space_is_what_onnx_says() -> None:
    assert len(Transpose((3, 4, 5), (1, 2, 0), (4, 5, 3))._moves()) == 1
    assert len(Transpose((2, 3, 20), (1, 0, 2), (6, 4, 5))._moves()) == 1
    x = values(8, 2, 3)
    found = result_of(Transpose((2, 2, 2, 2, 3), (2, 3, 0, 4, 1), (2, 4, 6)), x)
    expected = x.reshape(2, 2, 2, 2, 3).transpose(2, 3, 0, 4, 1).reshape(2, 4, 6)
    np.testing.assert_array_equal(found, expected)


BORDER = st.integers(-2, 3)


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(EXTENT, EXTENT, EXTENT),
    st.tuples(BORDER, BORDER, BORDER),
    st.tuples(BORDER, BORDER, BORDER),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from([0.0, -1.5, float("-inf")]),
)
def test_borders(shape: Shape, before: Shape, behind: Shape, spread: tuple[int, int], value: float) -> None:
    layer = Pad(before, behind, value, spread)
    wanted = layer.output_shape((Tensor("x", (1, *shape)),))
    if min(wanted) < 1:
        with pytest.raises(MisfitError, match="becomes"):
            layer.check((Tensor("x", (1, *shape)),))
        return
    x = values(*shape)
    expected = np.full(wanted, value, np.float32)
    for c, y, z in np.ndindex(*shape):
        place = (c + before[0], y * spread[0] + before[1], z * spread[1] + before[2])
        if all(0 <= at < end for at, end in zip(place, wanted, strict=True)):
            expected[place] = x[c, y, z]
    np.testing.assert_array_equal(result_of(layer, x), expected)


def _place(layer: Resize, place: int, before: int, after: int) -> Fraction:
    scale = Fraction(after, before)
    if layer.coordinates is Coordinates.ASYMMETRIC:
        return place / scale
    if layer.coordinates is Coordinates.ALIGN_CORNERS:
        return Fraction(place * (before - 1), after - 1) if after > 1 else Fraction(0)
    if layer.coordinates is Coordinates.PYTORCH_HALF_PIXEL and after == 1:
        return Fraction(0)
    return (place + Fraction(1, 2)) / scale - Fraction(1, 2)


def _nearest(layer: Resize, at: Fraction) -> int:
    half = Fraction(1, 2)
    return {
        Nearest.FLOOR: floor(at),
        Nearest.CEIL: ceil(at),
        Nearest.ROUND_PREFER_FLOOR: ceil(at - half),
        Nearest.ROUND_PREFER_CEIL: floor(at + half),
    }[layer.nearest or Nearest.FLOOR]


def _resized(layer: Resize, x: Values) -> Values:
    for axis, after in ((1, layer.height), (2, layer.width)):
        before = x.shape[axis]
        parts = []
        for place in range(after):
            at = _place(layer, place, before, after)
            if layer.nearest is not None:
                parts.append(np.take(x, min(max(_nearest(layer, at), 0), before - 1), axis))
                continue
            held = min(max(at, Fraction(0)), Fraction(before - 1))
            one, other = (np.take(x, k, axis) for k in (floor(held), min(floor(held) + 1, before - 1)))
            part = float(held - floor(held))
            parts.append((1 - part) * one + part * other)
        x = np.stack(parts, axis)
    return x


@settings(max_examples=150, deadline=None)
@given(
    EXTENT,
    EXTENT,
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(Coordinates),
    st.sampled_from([None, *Nearest]),
)
def test_other_sizes(
    height: int, width: int, high: int, wide: int, coordinates: Coordinates, nearest: Nearest | None
) -> None:
    x = values(2, height, width)
    layer = Resize(high, wide, coordinates, nearest)
    layer.check((Tensor("x", (1, *x.shape)),))
    expected = _resized(layer, x.astype(np.float64))
    np.testing.assert_allclose(
        result_of(layer, x), expected, rtol=0 if nearest else 1e-5, atol=0 if nearest else 1e-5
    )


def test_scales_that_are_not_the_sizes() -> None:
    x = values(1, 1, 4)
    layer = Resize(1, 2, Coordinates.ASYMMETRIC, Nearest.FLOOR, scales=(1.0, 0.6))
    np.testing.assert_array_equal(result_of(layer, x), x[:, :, [0, 1]])


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Slice((0, 0, 0), (1, 5, 1)), "5 values from 0 on, every 1, are not all within 4"),
        (Slice((2, 0, 0), (1, 1, 1)), "axis 0"),
        (Slice((0, 0, 0), (0, 1, 1)), "0 values"),
        (Slice((0, 1, 0), (1, 3, 1), (1, -1, 1)), "every -1"),
        (Transpose((2, 4), (0, 1), (2, 4, 4)), "must have 32 values"),
        (Transpose((2, 16), (0, 0), (2, 4, 4)), "does not name each of 2"),
        (Resize(0, 1), "are positive"),
        (Resize(1, 1, scales=(0.0, 1.0)), "are positive"),
    ],
)
def test_what_does_not_fit_is_refused(layer: Layer, text: str) -> None:
    with pytest.raises(MisfitError, match=text):
        layer.check((Tensor("x", (1, 2, 4, 4)),))
