"""Operators that gather or move the values of maps, beside the reference evaluator of ``onnx``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.network.onnx.made import (
    NODE,
    assert_same,
    integers,
    model,
    network,
    number,
    ours,
    some,
    theirs,
)

MOVED = [
    ("Transpose", {"perm": [0, 2, 3, 1]}),
    ("Transpose", {"perm": [0, 1, 3, 2]}),
    ("Transpose", {}),
    ("SpaceToDepth", {"blocksize": 2}),
    ("GlobalMaxPool", {}),
    ("ReduceMean", {"axes": [1]}),
    ("ReduceMean", {"axes": [-1], "keepdims": 0}),
    ("ReduceMax", {"axes": [1, 2]}),
    ("ReduceMin", {}),
    ("MaxPool", {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1], "strides": [2, 1], "dilations": [1, 2]}),
    ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]}),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("Softmax", {"axis": 1}),
    ("Softmax", {"axis": 2}),
]


@pytest.mark.parametrize(("operator", "attributes"), MOVED, ids=str)
def test_operators_of_maps(operator: str, attributes: dict[str, object]) -> None:
    """Alone, and in the middle of a network, where another layer reads what they make."""
    image = some(3, 1, 4, 8, 6)
    node = NODE(operator, ["x"], ["y"], **attributes)
    made = model([node], shape=(1, 4, 8, 6))
    assert_same(made, image)
    length = len(theirs(made, image))
    nodes = [
        NODE("Conv", ["x", "w"], ["c"]),
        NODE(operator, ["c"], ["m"], **attributes),
        NODE("Reshape", ["m", "flat"], ["f"]),
        NODE("Gemm", ["f", "v"], ["y"]),
    ]
    constants = {"w": some(1, 4, 4, 1, 1), "flat": np.array([1, -1]), "v": some(2, length, 3)}
    assert_same(model(nodes, constants, (1, 4, 8, 6)), image)


WITH_INPUTS = [
    ("Slice", {}, [integers(1, 7), integers(3, -20), integers(1, 2), integers(1, -2)]),
    ("Slice", {}, [integers(-3), integers(2**62), integers(3)]),
    ("Pad", {}, [integers(0, 0, 1, 2, 0, 0, 3, 0)]),
    ("Pad", {"mode": "edge"}, [integers(0, 1, 1, 2, 0, 0, 3, 1)]),
    ("Pad", {"mode": "reflect"}, [integers(0, 2, 1, 2, 0, 0, 3, 1)]),
    ("Gather", {"axis": 1}, [integers(3, 2, 0)]),
    ("Gather", {"axis": 2}, [np.array(5)]),
    ("Expand", {}, [integers(2, 1, 4, 8, 6)]),
    ("Tile", {}, [integers(1, 2, 1, 3)]),
    ("ReduceSum", {"keepdims": 0}, [integers(2, 3)]),
    ("ReduceSum", {"noop_with_empty_axes": 1}, []),
    ("MatMul", {}, [some(5, 6, 3)]),
    ("MatMul", {}, [some(5, 4, 6, 3)]),
    ("MatMul", {}, [some(5, 6)]),
    ("LayerNormalization", {}, [some(5, 6), some(6, 6)]),
    ("LayerNormalization", {"axis": 1}, [some(5, 4, 8, 6), some(6, 4, 8, 6)]),
    ("PRelu", {}, [some(5, 4, 1, 1)]),
    ("Pow", {}, [number(2)]),
    ("Resize", {"mode": "nearest"}, [np.empty(0, np.float32), np.array([1, 1, 2, 2], np.float32)]),
    (
        "Resize",
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        [np.empty(0, np.float32), np.array([1, 1, 1.5, 3], np.float32)],
    ),
    (
        "Resize",
        {"mode": "linear"},
        [np.empty(0, np.float32), np.empty(0, np.float32), integers(1, 4, 11, 5)],
    ),
    (
        "Resize",
        {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
        [np.empty(0, np.float32), np.empty(0, np.float32), integers(1, 4, 4, 12)],
    ),
]


@pytest.mark.parametrize(("operator", "attributes", "constants"), WITH_INPUTS, ids=str)
def test_operators_with_constant_inputs(
    operator: str, attributes: dict[str, object], constants: list[NDArray[np.float32]]
) -> None:
    names = [f"k{number}" for number in range(len(constants))]
    made = model(
        [NODE(operator, ["x", *names], ["y"], **attributes)],
        dict(zip(names, constants, strict=True)),
        (1, 4, 8, 6),
    )
    assert_same(made, some(3, 1, 4, 8, 6))


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"strides": [2, 3]},
        {"strides": [2, 2], "pads": [1, 0, 2, 1], "output_padding": [1, 0]},
        {"strides": [2, 2], "dilations": [2, 1], "group": 2},
        {"strides": [3, 2], "output_shape": [10, 9]},
        {"strides": [2, 2], "output_shape": [9, 9]},
        {"strides": [2, 2], "auto_pad": "SAME_UPPER"},
    ],
    ids=str,
)
def test_transposed_convolutions(attributes: dict[str, object]) -> None:
    group = int(str(attributes.get("group", 1)))
    constants = {"w": some(1, 4, 6 // group, 3, 2), "b": some(2, 6)}
    image = some(3, 1, 4, 4, 5)
    made = model([NODE("ConvTranspose", ["x", "w", "b"], ["y"], **attributes)], constants, (1, 4, 4, 5))
    wanted = scattered(image[0], constants["w"], constants["b"], network(made).graph.output.image, attributes)
    np.testing.assert_allclose(ours(made, image), wanted.reshape(-1), rtol=1e-4, atol=1e-5)


def scattered(
    image: NDArray[np.float32],
    weights: NDArray[np.float32],
    biases: NDArray[np.float32],
    shape: tuple[int, int, int],
    attributes: dict[str, Any],
) -> NDArray[np.float64]:
    """Every value of the image adds its window to the result. (The reference evaluator of onnx 1.23 fails for
    groups with dilations, and with output_shape.)"""
    down, across = attributes.get("strides", [1, 1])
    rows, columns = attributes.get("dilations", [1, 1])
    group = attributes.get("group", 1)
    channels, filters, height, width = weights.shape
    whole = np.zeros((len(biases), 100, 100))
    for channel, row, column, i, j in np.ndindex(*image.shape, height, width):
        first = channel // (channels // group) * filters
        at = row * down + i * rows, column * across + j * columns
        whole[first : first + filters, at[0], at[1]] += image[channel, row, column] * weights[
            channel, :, i, j
        ].astype(float)
    full = [
        (image.shape[1] - 1) * down + (height - 1) * rows + 1,
        (image.shape[2] - 1) * across + (width - 1) * columns + 1,
    ]
    top, left = attributes.get("pads", [0, 0])[:2]
    if attributes.keys() & {"auto_pad", "output_shape"}:
        cut = [one - two for one, two in zip(full, shape[1:], strict=True)]
        upper = "auto_pad" in attributes
        top, left = (size // 2 if upper else size - size // 2 for size in cut)
    return whole[:, top : top + shape[1], left : left + shape[2]] + biases[:, None, None]


def test_a_border_may_be_cut_off() -> None:
    pads = integers(0, 1, 0, 0, 0, 2, -1, -2)
    image = some(3, 1, 4, 8, 6)
    made = model([NODE("Pad", ["x", "p", "v"], ["y"])], {"p": pads, "v": number(0.5)}, (1, 4, 8, 6))
    wanted = np.pad(image, ((0, 0), (1, 2), (0, 0), (0, 0)), constant_values=0.5)[:, :, :-1, :-2]
    np.testing.assert_array_equal(ours(made, image), wanted.reshape(-1))


@pytest.mark.parametrize(
    "attributes",
    [
        {"pads": [0, 1, 2, 0], "strides": [2, 1]},
        {"dilations": [2, 1], "group": 2},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        {"auto_pad": "SAME_LOWER", "strides": [1, 2]},
        {"auto_pad": "VALID"},
        {"group": 4, "pads": [1, 1, 1, 1]},
    ],
    ids=str,
)
def test_convolutions(attributes: dict[str, object]) -> None:
    weights = some(1, 8, 4 // int(str(attributes.get("group", 1))), 3, 2)
    made = model([NODE("Conv", ["x", "w"], ["y"], **attributes)], {"w": weights}, (1, 4, 8, 6))
    assert_same(made, some(3, 1, 4, 8, 6))


def test_rows_are_images_of_one_row() -> None:
    constants = {"w": some(1, 5, 4, 3), "b": some(2, 5)}
    nodes = [
        NODE("Conv", ["x", "w", "b"], ["c"], strides=[2], pads=[1, 1]),
        NODE("MaxPool", ["c"], ["y"], kernel_shape=[2], strides=[2]),
    ]
    assert_same(model(nodes, constants, (1, 4, 16)), some(3, 1, 4, 16))


def test_parts_are_split_shuffled_and_joined() -> None:
    """As ShuffleNet does."""
    nodes = [
        NODE("Split", ["x"], ["a", "b"], axis=1),
        NODE("Relu", ["b"], ["r"]),
        NODE("Concat", ["a", "r"], ["k"], axis=1),
        NODE("Reshape", ["k", "five"], ["v"]),
        NODE("Transpose", ["v"], ["t"], perm=[0, 2, 1, 3, 4]),
        NODE("Reshape", ["t", "four"], ["s"]),
        NODE("Conv", ["s", "w"], ["y"]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "five": integers(1, 2, 2, 8, 6),
        "four": integers(1, -1, 8, 6),
        "w": some(1, 3, 4, 2, 2),
    }
    assert_same(model(nodes, constants, (1, 4, 8, 6)), some(3, 1, 4, 8, 6))


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_maps_are_joined_along_any_axis(axis: int) -> None:
    nodes = [NODE("Neg", ["x"], ["n"]), NODE("Concat", ["x", "n", "x"], ["y"], axis=axis)]
    assert_same(model(nodes, {}, (1, 4, 8, 6)), some(3, 1, 4, 8, 6))


def test_attention_is_products_of_maps() -> None:
    """Queries, keys and values of two heads."""
    nodes = [
        NODE("MatMul", ["x", "q"], ["a"]),
        NODE("Reshape", ["a", "heads"], ["h"]),
        NODE("Transpose", ["h"], ["t"], perm=[0, 2, 1, 3]),
        NODE("Transpose", ["h"], ["u"], perm=[0, 2, 3, 1]),
        NODE("MatMul", ["t", "u"], ["s"]),
        NODE("Softmax", ["s"], ["p"], axis=-1),
        NODE("MatMul", ["p", "t"], ["y"]),
    ]
    constants: dict[str, NDArray[Any]] = {"q": some(1, 8, 6), "heads": integers(1, 5, 2, 3)}
    assert_same(model(nodes, constants, (1, 5, 8)), some(3, 1, 5, 8))
