"""The small bundled network, its pictures, and how its source is told from the first bundled one's."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from pydantic import ValidationError

from sassafras.architectures.registry import default_architecture
from sassafras.errors import NetworkError
from sassafras.network.alexnet import ALEXNET
from sassafras.network.lenet import LENET, load_lenet
from sassafras.network.network import Network
from sassafras.network.source import BUNDLED, NetworkSource
from sassafras.workload.choices import Choice
from sassafras.workload.running import run_twins
from sassafras.workload.source import default_source, source_of, stored_source

Doubles = NDArray[np.float64]
DATA = files("sassafras").joinpath("data")
RIGHT = 88  #: of the 100 bundled pictures; by the float64 pass below too


@pytest.fixture(scope="module")
def lenet() -> Network:
    return load_lenet()


def windows(image: Doubles, weights: Doubles, biases: Doubles, padding: int) -> Doubles:
    """Convolution and ReLU, (channels, h, w) to (filters, h', w')."""
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    sums = np.einsum("cyxij,fcij->fyx", sliding_window_view(padded, weights.shape[2:], (1, 2)), weights)
    found: Doubles = np.maximum(sums + biases[:, None, None], 0)
    return found


def pooled(image: Doubles) -> Doubles:
    """The largest of each 2x2."""
    channels, height, width = image.shape
    found: Doubles = image.reshape(channels, height // 2, 2, width // 2, 2).max(axis=(2, 4))
    return found


def probabilities(network: Network, pixels: NDArray[np.float32]) -> Doubles:
    """LeNet-5 in binary64."""
    p = {name: np.asarray(values, np.float64) for name, values in network.parameters.items()}
    image = pooled(windows(pixels.astype(np.float64), p["layer0.weights"], p["layer0.biases"], 2))
    image = pooled(windows(image, p["layer2.weights"], p["layer2.biases"], 0))
    vector = image.reshape(-1)
    for name in ("layer4", "layer5"):
        vector = np.maximum(p[f"{name}.weights"] @ vector + p[f"{name}.biases"], 0)
    logits = p["layer6.weights"] @ vector + p["layer6.biases"]
    shares: Doubles = np.exp(logits - logits.max())
    shares /= shares.sum()
    return shares


def test_the_golden_answers_are_those_of_a_float64_pass(lenet: Network) -> None:
    memory, right, right_in_double = lenet.fresh_memory(), 0, 0
    images = LENET.images()
    for image in images:
        lenet.load(memory, image.pixels)
        run_twins(lenet, memory)
        result, wanted = lenet.result(memory), probabilities(lenet, image.pixels)
        np.testing.assert_allclose(result.numbers.reshape(-1), wanted, rtol=5e-5, atol=1e-7)
        top = lenet.judge(result, result).top1
        assert top == int(wanted.argmax()), image.name
        right += top == image.label
        right_in_double += int(wanted.argmax()) == image.label
    assert (right, right_in_double, len(images)) == (RIGHT, RIGHT, 100)


def test_the_network_is_lenet_5(lenet: Network) -> None:
    shapes = [layer.output_shape for layer in lenet.layers]
    assert lenet.input_shape == (1, 28, 28)
    assert shapes[:4] == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)]
    assert [layer.outputs for layer in lenet.layers[4:]] == [120, 84, 10, 10]
    assert sum(values.size for values in lenet.parameters.values()) == 61_706
    assert lenet.digest == LENET.digest != ALEXNET.digest
    with pytest.raises(ValueError, match="read-only"):
        lenet.parameters["layer0.weights"][:] = 0


def test_the_pictures_are_ten_of_each_class_that_take_turns() -> None:
    images = LENET.images()
    assert [image.label for image in images[:11]] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    assert Counter(image.label for image in images) == dict.fromkeys(range(10), 10)
    assert images[9].name == "00000-Ankle boot"  # the data set's first test picture is one
    assert len({image.name for image in images}) == len({image.pixels.tobytes() for image in images}) == 100
    for image in images:
        assert image.pixels.shape == (1, 28, 28)
        assert image.pixels.dtype == np.float32
        assert 0 <= image.pixels.min() < image.pixels.max() <= 1
        assert not image.pixels.flags.writeable
    assert [image.name for image in LENET.images(3)] == [image.name for image in images[:3]]
    assert len(LENET.images(100)) == 100
    with pytest.raises(NetworkError, match="lenet comes with 100 pictures, 101 are asked for"):
        LENET.images(101)
    assert ALEXNET.images() == ()


def test_what_is_bundled_is_small_and_has_its_notice() -> None:
    names = (LENET.cfg, LENET.weights, str(LENET.pictures), "NOTICE")
    assert sum(len(DATA.joinpath(name).read_bytes()) for name in names) < 400_000
    notice = DATA.joinpath("NOTICE").read_text("utf-8")
    assert "The MIT License (MIT) Copyright © [2017] Zalando SE" in notice
    assert "WITHOUT WARRANTY OF ANY KIND" in notice
    assert LENET.weights in notice
    assert str(LENET.pictures) in notice


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_source_knows_its_network_without_making_it(name: str) -> None:
    source = NetworkSource(bundled=name)
    built = source.build(default_architecture())
    assert (source.name, source.digest) == (built.name, built.digest) == (name, BUNDLED[name].digest)
    assert source.part_kinds() == tuple(part.kind for part in built.parts)
    assert source.is_bundled
    assert source_of(stored_source(source)) == source
    assert source.former_digest(built) != source.digest


def test_what_stores_hold_of_a_bundled_network() -> None:
    """Of the first as ever; the second by its name; an unknown one is refused."""
    nothing = {"cfg": None, "weights": None, "images": None, "count": None}
    assert stored_source(NetworkSource()) == nothing
    assert stored_source(NetworkSource(bundled="lenet")) == nothing | {"bundled": "lenet"}
    assert source_of(nothing) == default_source() == NetworkSource(bundled="alexnet")
    with pytest.raises(ValidationError, match="no network 'vgg' is bundled; there are: alexnet, lenet"):
        source_of(nothing | {"bundled": "vgg"})


def test_its_inputs_are_its_pictures(lenet: Network) -> None:
    source = NetworkSource(bundled="lenet")
    assert (source.brings_inputs, source.is_synthetic) == (True, False)
    assert (NetworkSource().brings_inputs, NetworkSource().is_synthetic) == (False, True)
    found = list(source.inputs(lenet, Choice(7, 12)))
    assert [(i.name, i.label) for i in found] == [(i.name, i.label) for i in LENET.images(12)]
    other = replace(lenet, classes=tuple("abcdefghij"))
    assert [image.label for image in source.inputs(other, Choice(7, 12))] == [None] * 12
