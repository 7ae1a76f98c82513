"""Networks with branches: their launches, their memory, and their results against float64."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.campaign import networks
from tests.campaign.darknet_networks import DARKNET

from sassafras.kernels.activation import Activation
from sassafras.network.importers.darknet.config import NetworkConfig, parse_cfg, write_cfg
from sassafras.network.network import Network
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.running import run_twins

Reference = Callable[[Network, NDArray[np.float32]], list[NDArray[np.float64]]]
EVERY = {name: networks.BRANCHES[name] for name in ("residual", "dense", "copies", *DARKNET)}


@pytest.fixture(params=EVERY)
def network(request: pytest.FixtureRequest) -> Network:
    return EVERY[request.param]()


def test_every_layer_agrees_with_float64(network: Network, reference: Reference) -> None:
    for image in networks.images(network):
        memory = network.fresh_memory()
        network.load(memory, image.pixels)
        expected = reference(network, image.pixels)
        last = {planned.part: planned.index for planned in network.plan}
        checked = []

        def compare(planned: PlannedLaunch) -> None:
            if last[planned.part] == planned.index:  # noqa: B023 - called in this turn of the loop
                layer = network.layers[planned.part]
                found = memory.array(network.layout[layer.output_name].address, layer.outputs)  # noqa: B023
                wanted = expected[planned.part].reshape(-1)  # noqa: B023
                np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)
                checked.append(planned.part)  # noqa: B023

        run_twins(network, memory, after=compare)
        assert checked == [layer.index for layer in network.layers if layer.kind != "dropout"]
        if network.layers[-1].kind == "softmax":
            np.testing.assert_allclose(network.result(memory).numbers.sum(), 1, rtol=1e-6)


def test_launches_of_a_shortcut_are_darknets_with_copy_and_sum_in_one() -> None:
    network = networks.residual()
    at = {allocation.name: allocation.address for allocation in network.layout.allocations}
    one = [p for p in network.plan if p.part == 3]
    assert [p.kernel for p in one] == ["add", "activate_array"]
    output, conv, first = at["layer3.output"], at["layer2.output"], at["layer0.output"]
    assert one[0].arguments == {"n": 256, "a": conv, "b": first, "output": output}
    assert one[1].arguments == {"x": output, "n": 256, "a": int(Activation.LEAKY)}
    three = [p for p in network.plan if p.part == 6]
    assert [p.kernel for p in three] == ["add", "add", "activate_array"]
    output, conv, pool = at["layer6.output"], at["layer5.output"], at["layer4.output"]
    assert three[0].arguments == {"n": 64, "a": conv, "b": pool, "output": output}
    assert three[1].arguments == {"n": 64, "a": output, "b": conv, "output": output}
    assert [p.invocation for p in network.plan if p.kernel == "add"] == [0, 1, 2]


def test_launches_of_a_route_are_darknets() -> None:
    """One copy per layer, each behind the other; a dropout's output is the buffer of the layer before it."""
    network = networks.dense()
    at = {allocation.name: allocation.address for allocation in network.layout.allocations}

    def said(layer: int) -> list[tuple[int | float, ...]]:
        launches = [p for p in network.plan if p.part == layer]
        assert {p.kernel for p in launches} == {"concatenate"}
        assert all(p.arguments["output"] == at[f"layer{layer}.output"] for p in launches)
        return [tuple(p.arguments[name] for name in ("n", "input", "offset")) for p in launches]

    zero, one, three = (at[f"layer{k}.output"] for k in (0, 1, 3))
    assert said(2) == [(128, one, 0), (192, zero, 128)]
    assert said(4) == [(192, zero, 0), (128, one, 192), (128, three, 320)]
    assert said(8) == [(48, at["layer7.output"], 0), (112, at["layer5.output"], 48)]
    assert said(10) == [(40, at["layer9.output"], 0)]


def test_buffers_and_what_is_said(network: Network) -> None:
    names = [buffer.name for buffer in network.buffers]
    assert len(set(names)) == len(names)
    for layer in network.layers:
        if layer.kind in {"shortcut", "route"}:
            assert [(b.name, b.nbytes) for b in layer.buffers] == [
                (f"layer{layer.index}.output", 4 * layer.outputs)
            ]
    kinds = Counter(layer.kind for layer in network.layers)
    assert repr(network).count("route") == kinds["route"]
    assert repr(network).count("shortcut") == kinds["shortcut"]
    assert kinds["route"] + kinds["shortcut"] > 0


def test_every_launch_keeps_to_what_was_written_before(network: Network) -> None:
    """What is read was there from the start or an earlier launch wrote it."""
    base, known = network.layout.base, np.zeros(network.layout.nbytes, np.bool)
    for name in (*network.parameters, "input"):
        place = network.layout[name]
        known[place.address - base : place.end - base] = True
    for planned in network.plan:
        for region in planned.reads:
            assert known[region.address - base : region.end - base].all(), planned
        for region in planned.writes:
            known[region.address - base : region.end - base] = True


def test_the_cfg_makes_the_round_trip_and_decides_the_digest(network: Network) -> None:
    written = write_cfg(NetworkConfig(1, network.graph))
    assert parse_cfg(written).graph == network.graph
    seed = {"residual": 3, "dense": 4, "copies": 5}.get(network.name, 6)
    assert networks.network(written, seed).digest == network.digest
    other = written
    for one, two in (
        ("layers=6,4", "layers=4,6"),
        ("layers=1,0", "layers=0,1"),
        ("layers=2,2", "layers=2,1"),
        ("from=0,6", "from=0,4"),
        ("group_id=1", ""),
        ("activation=mish", "activation=swish"),
    ):
        other = other.replace(one, two)
    assert networks.network(other, seed).graph != network.graph
    assert networks.network(other, seed).digest != network.digest
