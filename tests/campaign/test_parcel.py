"""A setup that travels: the same network on the other side, and no more bytes than needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.campaign import networks

from sassafras.architectures.registry import architecture
from sassafras.campaign.execution.setup_bytes import pack, unpack
from sassafras.campaign.execution.workers import WorkerSetup
from sassafras.errors import CampaignError
from sassafras.hardening.plan import protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.alexnet import ALEXNET, load_alexnet
from sassafras.network.images import Image
from sassafras.network.source import NetworkSource
from sassafras.simulation.rules import Rules
from sassafras.workload.workload import Workload

RULES = Rules(None, 10, full=False)


def setup_of(network: Workload) -> WorkerSetup:
    shape = network.inputs[0].shape
    assert shape is not None
    image = Image("ones", np.ones(shape, np.float32))
    return WorkerSetup(network, (image,), RULES)


def received(setup: WorkerSetup) -> WorkerSetup:
    found = unpack([bytes(part) for part in pack(setup).parts])
    assert isinstance(found, WorkerSetup)
    return found


def assert_equal(one: WorkerSetup, two: WorkerSetup) -> None:
    assert one.network.digest == two.network.digest
    assert one.network.layout == two.network.layout
    assert [p.launch for p in one.network.plan] == [p.launch for p in two.network.plan]
    assert one.network.contents.keys() == two.network.contents.keys()
    for name, values in one.network.contents.items():
        assert np.array_equal(values.view(np.uint32), two.network.contents[name].view(np.uint32))
    assert np.array_equal(one.inputs[0].arrays[0], two.inputs[0].arrays[0])
    assert one.rules == two.rules


def test_a_network_of_ones_own_travels_whole() -> None:
    setup = setup_of(networks.tiny())
    assert_equal(received(setup), setup)


def test_a_hardened_network_travels_though_its_plan_cannot() -> None:
    network = harden(networks.tiny(), protect({"gemm": Technique.ABFT, "softmax": Technique.DMR}))
    assert any(planned.variant is not None for planned in network.plan)
    setup = setup_of(network)
    assert_equal(received(setup), setup)


def test_the_key_stands_for_the_content() -> None:
    setup = setup_of(networks.tiny())
    assert pack(setup).key == pack(setup_of(networks.tiny())).key
    assert pack(setup).key != pack(replace(setup, network=setup.network.on(architecture("sm_52")))).key
    assert pack(setup).key != pack(setup_of(networks.network(networks.CFG, seed=2))).key


def test_the_bundled_network_travels_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    network = load_alexnet()
    assert network.digest == ALEXNET.digest
    setup = setup_of(network)
    assert sum(len(part) for part in pack(setup).parts) < 1 << 20
    assert_equal(received(setup), setup)
    with monkeypatch.context() as patch:
        patch.setattr(NetworkSource, "build", lambda *_: networks.tiny())
        with pytest.raises(CampaignError, match="bundles another network"):
            received(setup)
