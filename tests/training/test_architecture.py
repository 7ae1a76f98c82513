"""Which layers are trained, how they end, and how a normalisation becomes weights and biases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.training.made import EVERYTHING, PLAIN

from sassafras.errors import NetworkError
from sassafras.kernels.activation import Activation
from sassafras.network.alexnet import ALEXNET
from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.layers.connected import Connected
from sassafras.network.lenet import LENET
from sassafras.network.network import build_network
from sassafras.training.architecture import architecture_of, folded, with_normalisation
from sassafras.training.draws import kaiming
from sassafras.training.recipe import Answers


def cfg(folder: Path, text: str) -> str:
    (folder / "own.cfg").write_text(text)
    return str(folder / "own.cfg")


def test_the_bundled_ones() -> None:
    """AlexNet for seven classes is the one that is bundled; for labels its end is seven sigmoids."""
    assert architecture_of("alexnet", 7, Answers.CLASS).canonical == ALEXNET.graph.canonical
    labels = architecture_of("alexnet", 7, Answers.LABELS)
    assert labels.nodes[-1].layer == Connected(7, Activation.LOGISTIC)
    assert [node.layer for node in labels.nodes[:-1]] == [node.layer for node in ALEXNET.graph.nodes[:-2]]
    three = architecture_of("lenet", 3, Answers.CLASS)
    assert three.output.per_image == 3
    assert [node.layer for node in three.nodes[:-2]] == [node.layer for node in LENET.graph.nodes[:-2]]


@pytest.mark.parametrize("answers", Answers)
def test_what_is_written_is_read_again(tmp_path: Path, answers: Answers) -> None:
    graph = architecture_of(cfg(tmp_path, EVERYTHING), 5, answers)
    assert parse_cfg(write_cfg(NetworkConfig(1, graph))).graph.canonical == graph.canonical
    assert graph.output.per_image == 5


def test_an_end_without_a_connected_layer(tmp_path: Path) -> None:
    """darknet19's: a convolution, the mean of its maps, a softmax. It fits as it is, or not at all."""
    head = "[net]\nheight=8\nwidth=8\nchannels=3\n"
    text = f"{head}[convolutional]\nfilters=4\nactivation=linear\n[avgpool]\n[softmax]\n"
    path = cfg(tmp_path, text)
    assert architecture_of(path, 4, Answers.CLASS).canonical == parse_cfg(text).graph.canonical
    for classes, answers, way in (
        (5, Answers.CLASS, "let it end in a [connected] layer, or in a [softmax] of 5"),
        (4, Answers.LABELS, "let it end in a [connected] layer"),
    ):
        with pytest.raises(NetworkError) as caught:
            architecture_of(path, classes, answers)
        assert str(caught.value) == f"{path} ends in softmax with 4 outputs: for {classes} classes {way}"


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("[route]\nlayers=-1\n", "route"),
        ("[shortcut]\nfrom=-1\nactivation=linear\n", "shortcut"),
        ("[upsample]\nstride=2\n", "upsample"),
        ("[crop]\ncrop_height=4\ncrop_width=4\n", "crop"),
    ],
)
def test_layers_that_are_not_trained_are_named(tmp_path: Path, section: str, kind: str) -> None:
    before = "" if kind == "crop" else "[convolutional]\nfilters=3\nactivation=linear\n"
    head = "[net]\nheight=8\nwidth=8\nchannels=3\n"
    path = cfg(tmp_path, f"{head}{before}{section}[connected]\noutput=3\n")
    with pytest.raises(NetworkError) as caught:
        architecture_of(path, 3, Answers.LABELS)
    index = 0 if kind == "crop" else 1
    assert str(caught.value) == (
        f"{path}: layer{index} ({kind}) is not trained here; trained are: avgpool, batchnorm, connected, "
        "convolutional, dropout, maxpool, softmax"
    )


def test_a_softmax_in_the_middle(tmp_path: Path) -> None:
    path = cfg(tmp_path, PLAIN.replace("[dropout]\nprobability=.1\n", "[softmax]\n"))
    with pytest.raises(NetworkError, match="a softmax before the end is not trained here"):
        architecture_of(path, 3, Answers.CLASS)


def test_every_layer_but_the_last_is_normalised(tmp_path: Path) -> None:
    graph = with_normalisation(architecture_of(cfg(tmp_path, EVERYTHING), 3, Answers.CLASS))
    marks = [getattr(node.layer, "batch_normalize", None) for node in graph.nodes]
    assert marks == [1, None, None, 1, None, None, 1, None, 1, 0, None]


def outputs(graph: Graph, parameters: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    """By the twins."""
    network = build_network(graph, parameters, [f"c{k}" for k in range(graph.output.per_image)], "made")
    memory = network.fresh_memory()
    network.load(memory, image)
    for launch in network.plan:
        launch.run(memory, network.architecture)
    return network.result(memory).numbers.copy()


def random_parameters(graph: Graph) -> dict[str, np.ndarray]:
    dice = np.random.Generator(np.random.Philox(5))
    found = {}
    for node in graph.nodes:
        for name, shape in node.parameter_shapes.items():
            if name.endswith("weights"):
                found[name] = kaiming(3, node.index, shape)
            elif name.endswith(("scales", "variance")):
                found[name] = dice.uniform(0.5, 2, shape).astype(np.float32)
            else:
                found[name] = dice.uniform(-0.5, 0.5, shape).astype(np.float32)
    return found


@pytest.mark.parametrize("answers", Answers)
def test_a_folded_normalisation_computes_the_same(tmp_path: Path, answers: Answers) -> None:
    plain = architecture_of(cfg(tmp_path, EVERYTHING), 3, answers)
    trained = with_normalisation(plain)
    parameters = random_parameters(trained)
    put_in = folded(trained, plain, parameters)
    assert put_in.keys() == {name for node in plain.nodes for name in node.parameter_shapes}
    image = np.random.default_rng(1).random((3, 20, 24), np.float32)
    before, after = outputs(trained, parameters, image), outputs(plain, put_in, image)
    assert not np.array_equal(before, np.full(3, before[0]))
    assert np.abs(before - after).max() < 1e-5
