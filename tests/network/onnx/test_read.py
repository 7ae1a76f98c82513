"""What models become: the numbers of the reference evaluator of ``onnx``, by the layers one expects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import NodeProto
from tests.network.onnx.made import (
    NODE,
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


@pytest.mark.parametrize("channels", [3, 1])
@pytest.mark.parametrize("batch", [1, "N"])
def test_a_picture_whose_channels_are_last(channels: int, batch: int | str) -> None:
    """As Keras's converters write it: the input is what their first Transpose makes of it."""
    to_first = NODE("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2])
    constants = {"w": some(1, 2, channels, 3, 3)}
    last = model([to_first, NODE("Conv", ["t", "w"], ["y"])], constants, (batch, 8, 9, channels))
    first = model([NODE("Conv", ["x", "w"], ["y"])], constants, (1, channels, 8, 9))
    image = some(2, 1, channels, 8, 9)
    assert network(last).input_shape == (channels, 8, 9)
    assert network(last).digest == network(first).digest
    expected = theirs(last, image.transpose(0, 2, 3, 1))
    np.testing.assert_allclose(ours(last, image), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("perm", "shape", "twice"),
    [
        ([0, 2, 3, 1], (1, 8, 9, 3), False),  # not to where channels belong
        ([0, 3, 1, 2], (1, 8, 9, 5), False),  # neither colour nor luminance
        ([0, 3, 1, 2], (1, 3, 9, 3), False),  # channels are first already
        ([2, 0, 1], (8, 9, 3), False),  # no batch
        ([0, 3, 1, 2], (1, 8, 9, 3), True),  # the input is read as it is, too
    ],
)
def test_another_transpose_is_a_layer(perm: list[int], shape: tuple[int, ...], twice: bool) -> None:
    nodes = [NODE("Transpose", ["x"], ["t"], perm=perm), NODE("Relu", ["t"], ["y"])]
    if twice:
        nodes += [
            NODE("Flatten", ["x"], ["u"]),
            NODE("Flatten", ["y"], ["v"]),
            NODE("Add", ["u", "v"], ["s"]),
        ]
    made = model(nodes, shape=shape, outputs=[nodes[-1].output[0]])
    assert "transpose" in kinds(made)
    image = some(3, *shape)
    expected = theirs(made, image, nodes[-1].output[0])
    np.testing.assert_allclose(ours(made, image), expected, rtol=1e-4, atol=1e-5)


def test_a_picture_whose_channels_are_last_may_be_the_output() -> None:
    """Then it is judged as it comes."""
    made = model([NODE("Transpose", ["x"], ["y"], perm=[0, 3, 1, 2])], shape=(1, 8, 9, 3), outputs=["x", "y"])
    image = some(4, 1, 8, 9, 3)
    np.testing.assert_array_equal(ours(made, image, "x"), image.reshape(-1))
    as_first = ours(made, image.transpose(0, 3, 1, 2), "y")
    np.testing.assert_array_equal(as_first, theirs(made, image))


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


def test_what_mixes_images_is_refused() -> None:
    """A mean over the images of a batch is none of one image."""
    nodes = [
        NODE("Conv", ["x", "w"], ["c"]),
        NODE("ReduceMean", ["c"], ["m"], axes=[0, 2, 3]),
        NODE("Sub", ["c", "m"], ["y"]),
    ]
    with pytest.raises(NetworkError, match=r"node c \(Conv\): 4 images at once; an inference is of one"):
        network(model(nodes, {"w": some(1, 4, 3, 3, 3)}, (4, 3, 8, 8)))
