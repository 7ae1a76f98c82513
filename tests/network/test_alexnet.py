from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save

from sassafras.errors import NetworkError
from sassafras.kernels.exact_gemm import Matrix, gemm
from sassafras.network.alexnet import ALEXNET, load_alexnet
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.low_rank import LowRankParameters

CFG = """
[net]
height=4
width=4
channels=1
[convolutional]
filters=2
size=3
activation=relu
[connected]
output=5
activation=relu
[connected]
output=7
activation=linear
[softmax]
"""


def tensors(seed: int = 3) -> dict[str, NDArray[np.float16]]:
    dice = np.random.Generator(np.random.Philox(seed))
    shapes = {
        "layer0.weights": (2, 1, 3, 3),
        "layer0.biases": (2,),
        "layer1.left": (5, 3),
        "layer1.right": (3, 8),
        "layer1.biases": (5,),
        "layer2.weights": (7, 5),
        "layer2.biases": (7,),
    }
    return {name: dice.standard_normal(shape).astype(np.float16) for name, shape in shapes.items()}


def rounded(exact: Fraction) -> Fraction:
    """To binary32, once. The products and sums here are exact in binary64."""
    wide = float(exact)
    assert Fraction(wide) == exact
    return Fraction(float(np.float32(wide)))


def test_factors_are_multiplied_out_in_order() -> None:
    stored = tensors()
    network = ALEXNET.make(CFG, save(stored))
    assert network.classes == CLASS_NAMES
    found = network.parameters["layer1.weights"]
    left, right = stored["layer1.left"], stored["layer1.right"]
    for row, column in np.ndindex(found.shape):
        total = Fraction(0)
        for k in range(3):
            total = rounded(total + Fraction(float(left[row, k])) * Fraction(float(right[k, column])))
        assert Fraction(float(found[row, column])) == total
    for name in ("layer0.weights", "layer0.biases", "layer1.biases", "layer2.weights"):
        np.testing.assert_array_equal(network.parameters[name], stored[name].astype(np.float32))


def test_the_digest_is_that_of_cfg_and_file() -> None:
    stored = tensors()
    first = ALEXNET.make(CFG, save(stored)).digest
    assert first == ALEXNET.make("# again\n" + CFG, save(stored)).digest
    assert first != ALEXNET.make(CFG.replace("relu", "leaky", 1), save(stored)).digest
    assert first != ALEXNET.make(CFG, save(tensors(4))).digest


def test_what_nobody_asks_for_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = tensors()
    network = ALEXNET.make(CFG, save(stored))
    products: list[tuple[int, ...]] = []

    def counted(a: Matrix, b: Matrix, c: Matrix, *, transpose_b: bool) -> None:
        products.append(c.shape)
        gemm(a, b, c, transpose_b=transpose_b)

    monkeypatch.setattr("sassafras.network.low_rank.gemm", counted)
    sent = pickle.dumps(network)
    assert not products
    first, second = network.parameters["layer1.weights"], network.parameters["layer1.weights"]
    assert first is second and not first.flags.writeable
    assert products == [(5, 8)]
    there = pickle.loads(sent)  # noqa: S301
    assert there.digest == network.digest
    for name, values in network.parameters.items():
        assert there.parameters[name].tobytes() == values.tobytes()
    with pytest.raises(KeyError):
        network.parameters["layer1.left"]


def test_a_damaged_file_is_refused() -> None:
    stored = tensors()
    whole = save(stored)
    for data in (b"", whole[:100], whole[:-1]):
        with pytest.raises(NetworkError, match="is damaged"):
            ALEXNET.make(CFG, data)
    del stored["layer1.right"]
    with pytest.raises(NetworkError, match=r"layer1.left \(5, 3\) has no fitting layer1.right"):
        ALEXNET.make(CFG, save(stored))
    with pytest.raises(NetworkError, match=r"layer1.weights is missing"):
        ALEXNET.make(CFG, save({name: values for name, values in stored.items() if name != "layer1.left"}))


def test_the_bundled_network_loads() -> None:
    network = load_alexnet()
    assert (network.name, network.input_shape, network.classes) == ("alexnet", (3, 227, 227), CLASS_NAMES)
    assert sum(values.size for values in network.parameters.values()) == 58_310_023
    assert all(np.isfinite(values).all() for values in network.parameters.values())


def test_where_everything_lies_is_known_without_making_the_large_weights() -> None:
    """Products of low rank take seconds and memory: a start from caches needs none of them."""
    network = load_alexnet()
    assert len(network.layout.allocations) > 20
    assert len(network.plan) > 20
    parameters = network.parameters
    assert isinstance(parameters, LowRankParameters)
    assert not parameters._made
    assert "layer8.weights" in parameters
    assert "layer8.left" not in parameters
    assert not parameters._made
