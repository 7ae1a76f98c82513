"""What each kernel is of an inference, counted another way: every launch profiled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.campaign import networks

from sassafras.architectures.cards.gtx_750_ti import CARD as GTX_750_TI
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.counting import Counter, CountSetup
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.finished import read_finished
from sassafras.campaign.usage import KernelUsage, stored_usage, usage_of
from sassafras.emulator.machine import Machine
from sassafras.kernels.programs import load_program
from sassafras.network.network import Network
from sassafras.simulation.profiles import launch_profiles
from sassafras.simulation.workbench import Workbench


@pytest.fixture(scope="module")
def network() -> Network:
    return networks.tiny()


def test_programs_that_do_not_look_at_data_are_counted_without_it(network: Network) -> None:
    """The same counts as the profile of the whole program on the golden memory."""
    image = networks.images(network)[0]
    bench = Workbench(network, (image,), shared=False)
    free = set()
    profiles = launch_profiles(bench, 0, range(len(network.plan)))
    for planned, profile in zip(network.plan, profiles, strict=True):
        machine = Machine(load_program(planned.program))
        if machine.is_data_free:
            free.add(planned.kernel)
            found = machine.count(planned.launch)
            for one in (found, profile):
                assert (
                    one.issued[one.thread_class].sum(axis=0) == profile.threads_per_class @ profile.issued
                ).all()
            assert np.array_equal(found.issued[found.thread_class], profile.issued[profile.thread_class])
    assert free == {"fill_gpu", "im2col_gpu", "gemm", "add_bias", "forward_maxpool"}
    bench.golden(0).leave()


def test_a_count_without_data_makes_no_memory(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = CountSetup((network,), networks.images(network)[0], GTX_750_TI)
    monkeypatch.setattr("sassafras.campaign.counting.read_cached", lambda _: None)
    monkeypatch.setattr("sassafras.campaign.counting.Workbench", lambda *_: pytest.fail("memory was made"))
    gemm = next(p.index for p in network.plan if p.kernel == "gemm")
    assert Counter(setup).count(gemm).instructions > 0


def test_a_campaign_keeps_what_every_kernel_is(network: Network, tmp_path: Path) -> None:
    images = networks.images(network)
    settings = Settings(injections=2, frames=2, kernels=("im2col_gpu", "add_bias"))
    campaign = Campaign(tmp_path / "part", settings, network, images)
    assert list(campaign.usage) == []
    campaign.run(1)
    usage = campaign.usage
    assert [one.kernel for one in usage] == list(dict.fromkeys(p.kernel for p in network.plan))
    assert sum(one.launches for one in usage) == len(network.plan)
    bench = Workbench(network, images[:1], shared=False)
    profiles = launch_profiles(bench, 0, range(len(network.plan)))
    for one in usage:
        counted = sum(
            int(profile.threads_per_class @ profile.issued.sum(axis=1))
            for planned, profile in zip(network.plan, profiles, strict=True)
            if planned.kernel == one.kernel
        )
        assert one.instructions == counted
        assert one.seconds > 0 and one.bit_seconds > 0
    whole = Campaign(
        tmp_path / "all",
        settings.model_copy(update={"kernels": tuple(dict.fromkeys(p.kernel for p in network.plan))}),
        network,
        images,
    )
    whole.run(1)
    assert whole.usage == usage, "it does not depend on what was struck"
    campaign.store.close()
    assert read_finished(tmp_path / "part").usage == usage
    bench.golden(0).leave()


def test_as_json() -> None:
    usage = (KernelUsage("gemm", 2, 10, 0.5, 3.0),)
    assert usage_of(stored_usage(usage)) == usage
    assert usage_of(None) == ()
