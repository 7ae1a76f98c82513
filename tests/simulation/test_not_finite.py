"""Networks whose fault-free result holds NaN or infinity: refused, and nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.campaign import networks
from tests.campaign.rows import make

from sassafras.errors import NetworkError
from sassafras.network.images import Image
from sassafras.network.network import Network, build_network
from sassafras.simulation.not_finite import ResultNotFinite


def changed(name: str, place: int, value: float) -> Network:
    """The tiny network with one other parameter."""
    plain = networks.tiny()
    parameters = {key: values.copy() for key, values in plain.parameters.items()}
    parameters[name].reshape(-1)[place] = value
    return build_network(plain.graph, parameters, plain.classes, "tiny")


def refused(folder: Path, network: Network, images: list[Image], workers: int = 1) -> str:
    """What a campaign says that ends at once."""
    campaign = make(folder, network, images, injections=5)
    with pytest.raises(ResultNotFinite) as error:
        campaign.run(workers)
    assert isinstance(error.value, NetworkError)
    return str(error.value)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_parameter(tmp_path: Path, images: list[Image], value: float, workers: int) -> None:
    """The layer that holds it is the first whose output is not finite."""
    said = refused(tmp_path / "runs" / "one", changed("layer3.weights", 7, value), images, workers)
    assert said.startswith("tiny: the fault-free result for input image")
    assert said.endswith(
        "holds NaN or infinity, first in the output of layer 3 (connected): "
        "1 value is not finite in layer3.weights; use other weights"
    )
    assert not list(tmp_path.iterdir())


def test_overflow(tmp_path: Path, images: list[Image]) -> None:
    """Finite parameters, and sums beyond binary32."""
    plain = networks.tiny()
    parameters = dict(plain.parameters)
    parameters["layer2.weights"] = parameters["layer2.weights"] * np.float32(1e30)
    parameters["layer3.weights"] = parameters["layer3.weights"] * np.float32(1e30)
    network = build_network(plain.graph, parameters, plain.classes, "tiny")
    said = refused(tmp_path / "one", network, images)
    assert "first in the output of layer 3 (connected): its values grow too large" in said
    assert not list(tmp_path.iterdir())


def test_a_picture(tmp_path: Path, tiny: Network, images: list[Image]) -> None:
    """The second of two is at fault, and is named."""
    pixels = images[1].pixels.copy()
    pixels[:, 3, 3] = np.inf
    said = refused(tmp_path / "one", tiny, [images[0], replace(images[1], pixels=pixels)])
    assert "for input image1 holds NaN or infinity: the input itself does" in said
    assert not list(tmp_path.iterdir())


def test_other_files_stay(tmp_path: Path, images: list[Image]) -> None:
    """A folder that was there stays, with what it holds."""
    (tmp_path / "mine.txt").write_text("mine")
    refused(tmp_path, changed("layer5.biases", 0, float("nan")), images)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
