"""What operators become: the numbers of the reference evaluator of ``onnx``, by the layers one expects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import NodeProto
from tests.network.onnx.made import (
    NODE,
    OPSET,
    assert_same,
    kinds,
    model,
    network,
    number,
    ours,
    saved,
    small,
    some,
    theirs,
)

import sassafras
from sassafras.errors import NetworkError
from sassafras.network.graph import options_of
from sassafras.workload.judgement import Classes, Judgement

IMAGE = some(0, 1, 3, 8, 8)


def test_a_small_network() -> None:
    assert_same(small(), IMAGE)
    found = network(small())
    assert (found.name, found.input_shape, len(found.classes)) == ("made", (3, 8, 8), 6)
    assert found.classes[5] == "class5"
    assert kinds(small())[-2:] == ["connected", "softmax"]
    np.testing.assert_allclose(ours(small(), IMAGE).sum(), 1, rtol=1e-6)


def test_classes_have_names(tmp_path: Path) -> None:
    file, names = saved(small(), tmp_path / "my net.onnx"), tmp_path / "names.txt"
    names.write_text("a\nb\nc\nd\ne\nf\n")
    found = sassafras.load_onnx(str(file), str(names))
    assert (found.name, found.classes) == ("my net", tuple("abcdef"))
    assert found.digest == sassafras.load_onnx(file).digest
    names.write_text("a\n")
    with pytest.raises(NetworkError, match="1 class names for 6 outputs"):
        sassafras.load_onnx(file, names)


def test_the_digest_stands_for_graph_and_weights() -> None:
    """Names of nodes and how weights are stored decide nothing; a weight, an attribute and an output do."""
    digest = network(small()).digest
    renamed = small()
    for node in renamed.graph.node:
        node.name = f"my {node.op_type}"
    assert network(renamed).digest == digest
    other, moved = small(), small()
    other.graph.initializer[1].raw_data = bytes(16)
    moved.graph.node[2].attribute[1].ints[:] = [1, 1]
    moved.graph.initializer[2].CopyFrom(model([], {"v": some(3, 6, 196)}).graph.initializer[0])
    found = {digest, network(other).digest, network(moved).digest, network(small(), "g").digest}
    assert len(found) == 4


def test_any_tensor_may_be_the_output() -> None:
    made = small()
    for name in ("r", "p", "f", "g"):
        np.testing.assert_allclose(ours(made, IMAGE, name), theirs(made, IMAGE, name), rtol=1e-4, atol=1e-5)
    assert kinds(made, "r") == kinds(made)[: len(kinds(made, "r"))]


def test_another_judgement() -> None:
    class Nothing(Classes):
        """As classes."""

    found = network(small())
    given: Judgement = Nothing(("a",) * 6)
    assert replace(found, given_judgement=given).judgement is given
    assert isinstance(found.judgement, Classes)


CONV = [NODE("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1])]
WEIGHTS = {"w": some(1, 4, 3, 3, 3), "b": some(2, 4)}
NORM = {
    "scale": some(3, 4),
    "bias": some(4, 4),
    "mean": some(5, 4),
    "variance": np.asarray(np.abs(some(6, 4)) + 0.1, np.float32),
}
BATCHNORM = NODE("BatchNormalization", ["c", *NORM], ["n"], epsilon=1e-3)


def test_batch_normalisation_becomes_part_of_the_convolution() -> None:
    nodes = [*CONV, BATCHNORM, NODE("Relu", ["n"], ["y"])]
    assert_same(model(nodes, WEIGHTS | NORM), IMAGE)
    plain = model([*CONV, NODE("Relu", ["c"], ["y"])], WEIGHTS)
    assert kinds(model(nodes, WEIGHTS | NORM)) == kinds(plain)
    without = [NODE("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]), *nodes[1:]]
    assert_same(model(without, {"w": WEIGHTS["w"]} | NORM), IMAGE)


@pytest.mark.parametrize(
    "nodes",
    [
        [*CONV, BATCHNORM, NODE("Add", ["n", "c"], ["y"])],
        [*CONV, NODE("Relu", ["c"], ["d"]), NODE("BatchNormalization", ["d", *NORM], ["y"])],
    ],
    ids=["another reads it", "behind an activation"],
)
def test_batch_normalisation_of_its_own(nodes: list[NodeProto]) -> None:
    made = model(nodes, WEIGHTS | NORM)
    assert "batchnorm" in kinds(made)
    assert_same(made, IMAGE)


def test_an_output_is_read_by_somebody() -> None:
    """The convolution's own result is asked for: nothing may become part of it."""
    made = model([*CONV, BATCHNORM], WEIGHTS | NORM, outputs=("c", "n"))
    assert_same(made, IMAGE, "c")
    assert_same(made, IMAGE, "n")


def test_scales_and_offsets_of_channels() -> None:
    """As the light models have them behind a batch normalisation, Keras instead of one."""
    factors = {"k": some(7, 1, 4, 1, 1), "o": some(8, 4, 1, 1), "s": number(2)}
    nodes = [
        *CONV,
        NODE("Sub", ["c", "o"], ["d"]),
        NODE("Mul", ["k", "d"], ["e"]),
        NODE("Add", ["e", "s"], ["y"]),
    ]
    made = model(nodes, WEIGHTS | factors)
    assert kinds(made) == kinds(model([*CONV], WEIGHTS, outputs=("c",)))
    assert_same(made, IMAGE)


def test_a_product_and_its_biases() -> None:
    constants = {"m": some(1, 192, 5), "b": some(2, 5)}
    nodes = [
        NODE("Flatten", ["x"], ["f"]),
        NODE("MatMul", ["f", "m"], ["p"]),
        NODE("Add", ["b", "p"], ["s"]),
        NODE("Sigmoid", ["s"], ["y"]),
    ]
    made = model(nodes, constants)
    (node,) = network(made).layers
    assert node.kind == "connected"
    assert str(options_of(node.layer)["activation"].name) == "LOGISTIC"
    assert_same(made, IMAGE)


@pytest.mark.parametrize("alpha", [1.0, 0.5])
@pytest.mark.parametrize("transposed", [0, 1])
@pytest.mark.parametrize("shape", [(5,), (1, 5), (1,), ()])
def test_gemm(alpha: float, transposed: int, shape: tuple[int, ...]) -> None:
    matrix = some(1, 5, 192) if transposed else some(1, 192, 5)
    nodes = [
        NODE("Flatten", ["x"], ["f"]),
        NODE("Gemm", ["f", "m", "b"], ["y"], alpha=alpha, beta=2.0, transB=transposed),
    ]
    assert_same(model(nodes, {"m": matrix, "b": some(2, *shape)}), IMAGE)


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


def test_what_depends_on_constants_and_shapes_alone_is_computed() -> None:
    """``x.view(x.size(0), -1)`` as exporters write it."""
    nodes = [
        NODE("Shape", ["x"], ["s"]),
        NODE("Gather", ["s", "zero"], ["n"]),
        NODE("Unsqueeze", ["n", "axes"], ["u"]),
        NODE("Concat", ["u", "rest"], ["t"], axis=0),
        NODE("Reshape", ["x", "t"], ["f"]),
        NODE(
            "ConstantOfShape",
            ["size"],
            ["m"],
            value=model([], {"v": some(5, 1)}).graph.initializer[0],
        ),
        NODE("Gemm", ["f", "m"], ["y"]),
    ]
    constants = {
        "zero": np.array(0),
        "axes": np.array([0]),
        "rest": np.array([-1]),
        "size": np.array([192, 5]),
    }
    made = model(nodes, constants)
    assert kinds(made) == ["connected"]
    assert_same(made, IMAGE)


def test_nodes_that_lead_elsewhere_are_passed_over() -> None:
    nodes = [NODE("Relu", ["x"], ["y"]), NODE("Det", ["y"], ["z"])]
    assert_same(model(nodes), IMAGE)


def test_an_input_that_is_the_output() -> None:
    made = model([NODE("Identity", ["x"], ["y"])])
    np.testing.assert_array_equal(ours(made, IMAGE), IMAGE.reshape(-1))


def test_several_images_become_one() -> None:
    """Where an operator takes them one by one, and no number in the model counts on them."""
    made = small()
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4
    assert network(made).digest == network(small()).digest
    counted = model(
        [NODE("Conv", ["x", "w"], ["c"]), NODE("Reshape", ["c", "s"], ["y"])],
        {"w": WEIGHTS["w"], "s": np.array([4, 144])},
        (4, 3, 8, 8),
    )
    with pytest.raises(NetworkError, match=r"node c \(Conv\): 4 images at once; an inference is of one"):
        network(counted)


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
