from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.layers.layer import Node
from sassafras.network.network import Network, build_network
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.running import run_twins

MakeParameters = Callable[[Sequence[Node], int], dict[str, NDArray[np.float32]]]
Reference = Callable[[Network, NDArray[np.float32]], list[NDArray[np.float64]]]


def loaded(network: Network, seed: int = 8) -> tuple[DeviceMemory, NDArray[np.float32]]:
    dice = np.random.Generator(np.random.Philox(seed))
    image = dice.random(network.input_shape, np.float32)
    memory = network.fresh_memory()
    network.load(memory, image)
    return memory, image


def test_every_layer_agrees_with_float64(small: Network, reference: Reference) -> None:
    memory, image = loaded(small)
    expected = reference(small, image)
    last = {planned.part: planned.index for planned in small.plan}
    checked: list[int] = []

    def compare(planned: PlannedLaunch) -> None:
        if last[planned.part] != planned.index:
            return
        layer = small.layers[planned.part]
        found = memory.array(small.layout[layer.output_name].address, layer.outputs)
        wanted = expected[planned.part].reshape(-1)
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)
        checked.append(planned.part)

    run_twins(small, memory, after=compare)
    assert checked == [0, 1, 2, 3, 4, 5, 7, 8]
    np.testing.assert_allclose(small.result(memory).numbers, expected[-1].reshape(-1), rtol=2e-5)
    np.testing.assert_allclose(small.result(memory).numbers.reshape(2, 3).sum(axis=1), 1, rtol=1e-6)


def test_a_run_in_parts_is_the_whole_run(small: Network) -> None:
    whole, _ = loaded(small)
    parts, _ = loaded(small)
    run_twins(small, whole)
    for stop in range(len(small.plan) + 1):
        run_twins(small, parts, max(stop - 1, 0), stop)
    assert whole.data.tobytes() == parts.data.tobytes()


def test_a_run_changes_only_what_the_launches_write(small: Network) -> None:
    memory, _ = loaded(small)
    before = memory.data.copy()
    run_twins(small, memory)
    written = np.zeros(memory.data.size, np.bool)
    for planned in small.plan:
        for region in planned.writes:
            written[region.address - small.layout.base : region.end - small.layout.base] = True
    np.testing.assert_array_equal(memory.data[~written], before[~written])


def test_running_again_gives_the_same_bytes(small: Network) -> None:
    memory, _ = loaded(small)
    run_twins(small, memory)
    first = memory.data.tobytes()
    run_twins(small, memory)
    assert memory.data.tobytes() == first


@pytest.mark.parametrize(("start", "stop"), [(-1, None), (0, 999), (3, 2), (999, None)])
def test_a_range_outside_the_plan_is_refused(small: Network, start: int, stop: int | None) -> None:
    memory, _ = loaded(small)
    with pytest.raises(ValueError, match="not in a plan"):
        run_twins(small, memory, start, stop)


@pytest.mark.slow
def test_alexnet_agrees_with_float64(make_parameters: MakeParameters, reference: Reference) -> None:
    config = parse_cfg(files("sassafras").joinpath("data", "alexnet.cfg").read_text("utf-8"))
    parameters = {
        name: values * np.float32(5 / np.sqrt(values[0].size))
        for name, values in make_parameters(config.graph.nodes, 2).items()
    }
    network = build_network(config.graph, parameters, CLASS_NAMES, "random")
    memory, image = loaded(network)
    run_twins(network, memory)
    for layer, wanted in zip(network.layers, reference(network, image), strict=True):
        found = memory.array(network.layout[layer.output_name].address, layer.outputs)
        scale = np.abs(wanted).max()
        np.testing.assert_allclose(found, wanted.reshape(-1), rtol=1e-4, atol=1e-5 * scale)
