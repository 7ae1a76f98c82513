"""Which networks the fast engine sweeps, and which it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import pytest
from tests.campaign import networks

from sassafras.errors import UsageError
from sassafras.hardening.bounds import unbounded
from sassafras.hardening.network import harden
from sassafras.hardening.overhead import every_technique
from sassafras.hardening.plan import launched, parse_protection
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch
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


def refused(change: Callable[[Network, PlannedLaunch], PlannedLaunch]) -> str:
    """Why the network whose launches are changed so is refused."""

    class Changed(Network):
        @cached_property
        def plan(self) -> tuple[PlannedLaunch, ...]:
            return tuple(change(self, planned) for planned in plain.plan)

    plain = networks.network(networks.BRANCHING)
    with pytest.raises(UsageError) as error:
        check_sweepable(Changed("other", plain.config, plain.classes, plain.parameters))
    return str(error.value)


def test_a_layer_that_reads_an_earlier_one_again() -> None:
    """The connected layer reads the first layer's result, which the second has read."""

    def change(network: Network, planned: PlannedLaunch) -> PlannedLaunch:
        if planned.kernel != "gemm" or planned.layer != 2:
            return planned
        first = network.layout[network.layers[0].output_name].address
        return replace(planned, arguments={**planned.arguments, "a": first})

    assert "layer0.output is read by launch 6 (im2col_gpu, layer 1) and again by launch 11 (gemm" in (
        refused(change)
    )


def test_a_layer_that_reads_half_of_a_map() -> None:
    def change(network: Network, planned: PlannedLaunch) -> PlannedLaunch:
        if planned.kernel != "gemm" or planned.layer != 2:
            return planned
        second = network.layout[network.layers[1].output_name].address
        return replace(planned, arguments={**planned.arguments, "a": second + 4 * 72, "k": 72})

    assert "launch 11 (gemm, layer 2) reads a part of layer1.output without its beginning" in refused(change)


def test_a_map_as_biases() -> None:
    """The step of add_bias adds parameters to a piece; it knows no piece of the biases."""

    def change(network: Network, planned: PlannedLaunch) -> PlannedLaunch:
        if planned.kernel != "add_bias" or planned.layer != 1:
            return planned
        first = network.layout[network.layers[0].output_name].address
        return replace(planned, arguments={**planned.arguments, "biases": first})

    reason = refused(change)
    assert "layer0.output" in reason and "launch 8 (add_bias, layer 1)" in reason
