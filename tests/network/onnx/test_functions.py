"""Functions of values, arithmetic and softmax, beside the reference evaluator of ``onnx``."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.network.onnx.made import (
    NODE,
    OPSET,
    assert_same,
    model,
    number,
    ours,
    some,
)

IMAGE = some(0, 1, 3, 8, 8)
ACTIVATIONS = [
    ("Relu", {}),
    ("Sigmoid", {}),
    ("Tanh", {}),
    ("LeakyRelu", {}),
    ("LeakyRelu", {"alpha": 0.1}),
    ("HardSigmoid", {}),
    ("HardSwish", {}),
    ("Elu", {"alpha": 0.7}),
    ("Selu", {}),
    ("Softplus", {}),
    ("Softsign", {}),
    ("Mish", {}),
    ("Exp", {}),
    ("Erf", {}),
    ("Neg", {}),
    ("Abs", {}),
    ("Softmax", {}),
    ("LogSoftmax", {}),
]


@pytest.mark.parametrize(("operator", "attributes"), ACTIVATIONS)
def test_functions(operator: str, attributes: dict[str, float]) -> None:
    """Of the picture itself, and behind a product."""
    opset = 18 if operator == "Mish" else OPSET
    assert_same(model([NODE(operator, ["x"], ["y"], **attributes)], opset=opset), IMAGE)
    behind = [
        NODE("Flatten", ["x"], ["f"]),
        NODE("Gemm", ["f", "m"], ["g"]),
        NODE(operator, ["g"], ["y"], **attributes),
    ]
    assert_same(model(behind, {"m": np.asarray(some(1, 192, 5) / 8)}, opset=opset), IMAGE)


@pytest.mark.parametrize(
    ("given", "opset"),
    [
        ({"min": -0.5, "max": 0.25}, 6),
        ({"max": 0.25}, 6),
        ({"min": -0.5}, 13),
        ({"min": -0.5, "max": 6.0}, 13),
        ({}, 13),
    ],
)
def test_clip(given: dict[str, float], opset: int) -> None:
    """Attributes once, inputs since opset 11."""
    if opset < 11:
        made = model([NODE("Clip", ["x"], ["y"], **given)], opset=opset)
    else:
        names = [name if name in given else "" for name in ("min", "max")]
        made = model(
            [NODE("Clip", ["x", *names], ["y"])], {k: number(v) for k, v in given.items()}, opset=opset
        )
    image = IMAGE * 10
    wanted = np.clip(image, given.get("min"), given.get("max")) if given else image
    np.testing.assert_array_equal(ours(made, image), wanted.reshape(-1))


@pytest.mark.parametrize("size", [3, 4])
def test_local_response_normalisation(size: int) -> None:
    """By its formula: the reference evaluator of onnx 1.23 counts images where it means channels."""
    image = some(0, 1, 6, 4, 4) * 9
    squares = np.zeros(image.shape)
    before, behind = (size - 1) // 2, -((1 - size) // 2)
    for channel in range(6):
        neighbours = image[:, max(0, channel - before) : channel + behind + 1].astype(np.float64)
        squares[:, channel] = (neighbours**2).sum(axis=1)
    wanted = image / (2 + 0.1 / size * squares) ** 0.5
    nodes = [NODE("LRN", ["x"], ["y"], size=size, alpha=0.1, beta=0.5, bias=2.0)]
    np.testing.assert_allclose(ours(model(nodes, shape=(1, 6, 4, 4)), image), wanted.reshape(-1), rtol=1e-5)


OPERANDS = [(1, 3, 8, 8), (3, 1, 1), (1, 3, 1, 1), (8,), (8, 8), (8, 1), (1,), (), (3, 8, 8)]


@pytest.mark.parametrize("operator", ["Add", "Sub", "Mul", "Div"])
@pytest.mark.parametrize("shape", OPERANDS, ids=str)
@pytest.mark.parametrize("first", [False, True])
def test_arithmetic_with_a_constant(operator: str, shape: tuple[int, ...], first: bool) -> None:
    constant = np.asarray(np.abs(some(1, *shape)) + number(0.5), np.float32)
    image = np.abs(IMAGE) + number(0.5)
    made = model([NODE(operator, ["k", "x"] if first else ["x", "k"], ["y"])], {"k": constant})
    assert_same(made, image)


@pytest.mark.parametrize("operator", ["Add", "Sub", "Mul", "Div"])
def test_arithmetic_of_two_maps(operator: str) -> None:
    """Of one shape, and a value per channel as of squeeze and excitation."""
    image = np.abs(IMAGE) + number(0.5)
    nodes = [NODE("Abs", ["x"], ["a"]), NODE(operator, ["x", "a"], ["y"])]
    assert_same(model(nodes), image)
    nodes = [NODE("GlobalAveragePool", ["x"], ["a"]), NODE(operator, ["a", "x"], ["y"])]
    assert_same(model(nodes), image)


@pytest.mark.parametrize("opset", [12, 13])
@pytest.mark.parametrize("axis", [1, -1])
def test_softmax_over_axes(opset: int, axis: int) -> None:
    """Before opset 13 over all axes from one on, since then over one."""
    made = model([NODE("Softmax", ["x"], ["y"], axis=axis)], shape=(1, 6, 1, 1), opset=opset)
    image = some(1, 1, 6, 1, 1)
    if opset == 12 or axis == 1:
        values: NDArray[np.float32] = image.reshape(-1) if axis == 1 else image[..., 0]
        wanted = np.exp(values) / np.exp(values).sum() if axis == 1 else np.ones(6)
        np.testing.assert_allclose(ours(made, image), wanted, rtol=1e-5)
