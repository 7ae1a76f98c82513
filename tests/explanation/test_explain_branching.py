"""Faults in networks with branches, where several launches write the parts of one layer's output."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.campaign import networks
from tests.campaign.rows import make
from tests.explanation.explained import tell

from sassafras.network.network import Network
from sassafras.workload.running import run_twins

EVERY = {"residual": networks.residual, "dense": networks.dense, "copies": networks.copies}


def golden_outputs(network: Network, image: NDArray[np.float32]) -> dict[int, NDArray[np.float32]]:
    """Every layer's output, of a run of twins alone."""
    memory = network.fresh_memory()
    network.load(memory, image)
    run_twins(network, memory)
    return {
        layer.index: memory.array(network.layout[layer.output_name].address, layer.outputs).copy()
        for layer in network.layers
    }


@pytest.mark.alike(3)
@pytest.mark.parametrize("name", EVERY)
def test_layers_are_compared_with_the_golden_run(name: str, tmp_path: Path) -> None:
    network = EVERY[name]()
    images = networks.images(network)
    expected = [golden_outputs(network, image.pixels) for image in images]
    campaign = make(tmp_path, network, images, injections=60, seed=5, engine="full")
    campaign.run(1)
    rows = campaign.injections()
    seen = set()
    for fault in rows[rows.outcome == "SDC"].id:
        told = tell(campaign, int(fault))
        journey = told.explanation.journey
        assert journey is not None
        for maps, change in zip(journey.maps, journey.layers, strict=True):
            golden = expected[told.row.input][maps.layer]
            assert maps.golden.tobytes() == golden.tobytes(), (fault, maps.layer)
            wrong = golden.view(np.uint32) != maps.faulty.reshape(-1).view(np.uint32)
            assert change.differing == wrong.sum()
            seen.add(maps.kind)
        assert journey.result.numbers.astype("<f4").tobytes() == told.row.output
    assert {"route", "maxpool", "softmax"} <= seen
    campaign.store.close()
