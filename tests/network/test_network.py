from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.cli.small_files import write_files

from sassafras.errors import NetworkError, UsageError
from sassafras.network.images import load_images
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.importers.darknet.load import load_darknet
from sassafras.network.importers.darknet.weights import write_weights
from sassafras.network.layers.layer import Node
from sassafras.network.network import Network, build_network

MakeParameters = Callable[[Sequence[Node], int], dict[str, NDArray[np.float32]]]
CLASSES = tuple("abcdef")


def test_fresh_memory_holds_the_parameters_and_zeros(small: Network) -> None:
    memory = small.fresh_memory()
    for name, values in small.parameters.items():
        allocation = small.layout[name]
        assert memory.at(allocation.address, allocation.nbytes).tobytes() == values.tobytes()
        memory.at(allocation.address, allocation.nbytes)[:] = 0
    assert not memory.data.any()


def test_parameters_cannot_be_changed(small: Network) -> None:
    with pytest.raises(ValueError, match="read-only"):
        small.parameters["layer0.biases"][0] = 1


def test_a_frame_goes_to_the_input(small: Network) -> None:
    memory = small.fresh_memory()
    image = np.arange(3 * 13 * 11, dtype=np.float32).reshape(3, 13, 11)
    small.load(memory, image)
    assert memory.at(small.layout["input"].address, image.nbytes).tobytes() == image.tobytes()
    small.load(memory, image[:, ::-1])
    assert memory.at(small.layout["input"].address, image.nbytes).tobytes() == image[:, ::-1].tobytes()


@pytest.mark.parametrize("image", [np.zeros((13, 11, 3), np.float32), np.zeros((3, 13, 11))])
def test_another_image_is_refused(small: Network, image: NDArray[np.float32]) -> None:
    with pytest.raises(UsageError, match=r"small takes float32 \(3, 13, 11\) \(input\)"):
        small.load(small.fresh_memory(), image)


def test_probabilities_are_a_copy_of_the_last_output(small: Network) -> None:
    memory = small.fresh_memory()
    values = memory.array(small.layout["layer8.output"].address, 6)
    values[:] = np.arange(6)
    found = small.result(memory).numbers
    values[:] = 9
    np.testing.assert_array_equal(found, np.arange(6, dtype=np.float32))


def test_the_output_behind_a_dropout_is_that_of_the_layer_before() -> None:
    config = parse_cfg("[net]\ninputs=4\n[softmax]\n[dropout]\n")
    network = build_network(config.graph, {}, "abcd", "short")
    assert network.output_name == "layer0.output"
    assert [allocation.name for allocation in network.layout.allocations] == ["layer0.output", "input"]


def test_the_digest_covers_cfg_and_parameters(
    small_config: NetworkConfig, make_parameters: MakeParameters
) -> None:
    def digest(config: NetworkConfig, parameters: dict[str, NDArray[np.float32]]) -> str:
        return build_network(config.graph, parameters, CLASSES, "any").digest

    parameters = make_parameters(small_config.graph.nodes, 1)
    first = digest(small_config, parameters)
    assert first == digest(
        parse_cfg("# said differently\n" + write_cfg(small_config)), dict(reversed(parameters.items()))
    )
    seen = {first}
    for name, values in parameters.items():
        changed = values.copy()
        changed.reshape(-1).view(np.uint32)[-1] ^= 1
        seen.add(digest(small_config, {**parameters, name: changed}))
    warmer = parse_cfg(write_cfg(small_config).replace("temperature=2.0", "temperature=2.5"))
    seen.add(digest(warmer, parameters))
    assert len(seen) == len(parameters) + 2
    assert build_network(small_config.graph, parameters, CLASSES, "any", digest="given").digest == "given"


def test_parameters_must_fit(small_config: NetworkConfig, make_parameters: MakeParameters) -> None:
    good = make_parameters(small_config.graph.nodes, 1)
    cases: list[tuple[dict[str, NDArray[np.float32]], str]] = [
        (
            {name: values for name, values in good.items() if name != "layer2.biases"},
            "layer2.biases is missing",
        ),
        ({**good, "layer9.weights": good["layer0.weights"]}, "layer9.weights: no such parameter"),
        (
            {**good, "layer0.biases": good["layer2.biases"]},
            r"layer0.biases is float32 \(5,\); the network needs",
        ),
        ({**good, "layer0.biases": np.zeros(6, np.dtype("f8"))}, "layer0.biases is float64"),
    ]
    for parameters, message in cases:
        with pytest.raises(NetworkError, match=message):
            build_network(small_config.graph, parameters, CLASSES, "odd")
    with pytest.raises(NetworkError, match="2 class names for 6 outputs"):
        build_network(small_config.graph, good, "ab", "odd")


def test_a_network_travels_to_a_worker(small: Network) -> None:
    found = pickle.loads(pickle.dumps(small))  # noqa: S301 - our own bytes
    assert found.plan == small.plan
    assert found.digest == small.digest


def test_a_users_network_is_loaded_from_files(
    small_config: NetworkConfig, make_parameters: MakeParameters, tmp_path: Path
) -> None:
    cfg, weights, names = tmp_path / "mine.cfg", tmp_path / "mine.weights", tmp_path / "mine.names"
    cfg.write_text(write_cfg(small_config))
    parameters = make_parameters(small_config.graph.nodes, 4)
    write_weights(weights, parameters, small_config.graph.nodes)
    names.write_text("one\n\ntwo words\nthree\nfour\nfive\nsix\n")
    network = load_darknet(cfg, weights, names)
    assert network.name == "mine"
    assert network.classes[:2] == ("one", "two words")
    assert network.digest == build_network(small_config.graph, parameters, CLASSES, "any").digest
    assert load_darknet(cfg, weights).classes == tuple(f"class{index}" for index in range(6))
    with pytest.raises(NetworkError, match="cannot read the class names"):
        load_darknet(cfg, weights, tmp_path / "none")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_class_names_may_be_in_latin_1(
    encoding: str, small_config: NetworkConfig, make_parameters: MakeParameters, tmp_path: Path
) -> None:
    cfg, weights, names = tmp_path / "mine.cfg", tmp_path / "mine.weights", tmp_path / "mine.names"
    cfg.write_text(write_cfg(small_config))
    write_weights(weights, make_parameters(small_config.graph.nodes, 4), small_config.graph.nodes)
    wanted = ("K\u00e4fer", "p\u00eache", "a", "b", "c", "d")
    names.write_bytes("\r\n".join(wanted).encode(encoding))
    assert load_darknet(cfg, weights, names).classes == wanted
    names.write_bytes(b"a\xc1\x85\nb\nc\nd\ne\nf")  # 0x85 ends a line for str.splitlines alone
    assert load_darknet(cfg, weights, names).classes[1:] == tuple("bcdef")
    for data, kind in ((b"a\0b", "not a text file"), (b"<html>", "an HTML page")):
        names.write_bytes(data)
        with pytest.raises(NetworkError, match=f"cannot read the class names: {kind}"):
            load_darknet(cfg, weights, names)


def test_file_names_may_be_text(tmp_path: Path) -> None:
    made = write_files(tmp_path)
    (tmp_path / "names.txt").write_text("a\nb\nc\n")
    network = load_darknet(str(made.cfg), str(made.weights), str(tmp_path / "names.txt"))
    assert network.digest == load_darknet(made.cfg, made.weights).digest
    assert network.classes == ("a", "b", "c")
    images = load_images(str(made.images), network.input_shape)
    assert [image.name for image in images] == ["0.png", "1.png"]
    with pytest.raises(NetworkError, match=r"none\.cfg"):
        load_darknet("none.cfg", "none.weights")
