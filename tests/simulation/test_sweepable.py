"""Which networks the fast engine sweeps, and which it refuses."""

from __future__ import annotations

import pytest
from tests.campaign import networks, odd_networks

from sassafras.errors import UsageError
from sassafras.hardening.bounds import unbounded
from sassafras.hardening.overhead import every_technique
from sassafras.hardening.plan import launched, parse_protection
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.network import Network
from sassafras.simulation.sweepable import check_sweepable

CFGS = {"every kind of layer": networks.CFG} | networks.OTHERS


@pytest.mark.parametrize("name", list(CFGS))
def test_networks_of_a_cfg_are_swept(name: str) -> None:
    """With checks behind the products too, which read factors and product again."""
    network = networks.network(CFGS[name])
    check_sweepable(network)
    check_sweepable(harden(network, parse_protection("gemm=checksum,network=guard", launched(network))))


@pytest.mark.parametrize("technique", list(Technique))
@pytest.mark.parametrize("name", list(CFGS))
def test_hardened_networks_are_swept(name: str, technique: Technique) -> None:
    """Under every technique, wherever it can be had: flags are written beside the maps."""
    network = networks.network(CFGS[name])
    protection = every_technique(launched(network), unbounded(network)).get(technique)
    if protection is not None:  # maxpool's alone, say, in a network without one
        check_sweepable(harden(network, protection))


@pytest.mark.parametrize("name", list(odd_networks.ODD))
def test_what_no_kernel_carries_is_swept_too(name: str) -> None:
    check_sweepable(odd_networks.ODD[name]())


def test_maps_that_share_bytes_are_refused() -> None:
    """The unfolded image of the second layer lies in the first layer's result."""

    def overlapping(network: Network) -> dict[str, int]:
        return {"columns": network.layout[network.layers[0].output_name].address + 16}

    said = r"two feature maps share the bytes at 0x[0-9a-f]+ \(launch 6, im2col_gpu\); choose engine full"
    with pytest.raises(UsageError, match=f"engine fast cannot run changed: {said}"):
        check_sweepable(odd_networks.changed(1, "im2col_gpu", overlapping))
