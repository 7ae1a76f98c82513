"""Carrying states together as pieces against carrying each alone through whole launches."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.campaign import networks, odd_networks
from tests.kernels.sample import every_nth
from tests.simulation.sweep import Sweep

from sassafras.hardening.plan import launched, parse_protection
from sassafras.hardening.workload import harden
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.raised_alarms import read_notice
from sassafras.simulation.regions import Intervals, without
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.wave import Wave
from sassafras.simulation.workbench import Workbench
from sassafras.workload.workload import Workload

CFGS = {"every kind of layer": networks.CFG} | networks.OTHERS


CHECKS = {False: "plain", True: "with checks and a guard"}


@pytest.fixture(
    scope="module",
    params=every_nth(
        3,
        [
            pytest.param(one, id=f"{one[0]}, {CHECKS[one[1]]}")
            for one in (
                *itertools.product([*CFGS, *networks.BRANCHES], CHECKS),
                *itertools.product(odd_networks.ODD, [False]),
            )
        ],
    ),
)
def other(request: pytest.FixtureRequest) -> Workbench:
    name, checked = request.param
    made = (odd_networks.ODD | networks.BRANCHES).get(name)
    network = networks.network(CFGS[name]) if made is None else made()
    struck: Workload = network
    if checked:
        struck = harden(network, parse_protection("gemm=checksum,network=guard", launched(network)))
    return Workbench(struck, networks.images(network), shared=False)


def places_in(generator: np.random.Generator, intervals: Intervals, count: int) -> NDArray[np.int64]:
    """Random places, some of them neighbours."""
    found = []
    for _ in range(count):
        start, end = intervals[int(generator.integers(len(intervals)))]
        first = int(generator.integers(start, end))
        found.append(np.arange(first, min(end, first + int(generator.choice([1, 3, 4, 40])))))
    return np.concatenate([*found, np.empty(0, np.int64)]).astype(np.int64)


def random_difference(golden: GoldenRun, live: Intervals, number: int, seed: int) -> Difference:
    """Bytes that differ behind a launch: in what it writes, in anything that is still read, or in both."""
    generator = np.random.Generator(np.random.Philox(seed))
    near, far = generator.integers(0, 3, 2)
    regions = [places_in(generator, golden.writes[number], near), places_in(generator, live, far)]
    offsets = np.unique(np.concatenate(regions))
    golden.put_after(number)
    expected = golden.memory.data[offsets]
    golden.put_before(number)
    flips = generator.integers(1, 256, len(offsets)).astype(np.uint8)
    return read_notice(Difference(offsets, expected ^ flips), golden.workload).difference


def read_whole(golden: GoldenRun, live: tuple[Intervals, ...]) -> list[int]:
    """The layers whose whole output is still read: of others the wave does not follow every value."""
    finished = golden.finished_by.items()
    return [layer for layer, number in finished if not without([golden.output_of(layer)], live[number])]


@pytest.mark.alike(3)
@settings(max_examples=75, deadline=None)
@given(data=st.data())
def test_a_wave_of_states_is_what_each_of_them_does_alone(other: Workbench, data: st.DataObject) -> None:
    golden = other.golden(0)
    seeds = st.lists(
        st.tuples(st.integers(0, len(golden.plan) - 1), st.integers(0, 2**32)), min_size=1, max_size=6
    )
    states = data.draw(seeds)
    differences, expected = [], []
    for number, seed in states:
        golden.go_before(number)
        differences.append(random_difference(golden, other.live[number], number, seed))
        expected.append(Sweep(golden, other.live, number, differences[-1]).run())
    before = golden.memory.data.copy()
    followed = read_whole(golden, other.live)
    wave = Wave(golden, other.live)
    for number in range(len(golden.plan)):
        golden.go_before(number)
        wave.advance(number)
        for k, (launch, _) in enumerate(states):
            if launch == number:
                wave.enter(number, k, differences[k])
    golden.go_before(states[-1][0])
    assert (golden.memory.data == before).all()
    for k, alone in enumerate(expected):
        together = wave.finished[k]
        assert together.alarm is alone.alarm
        if alone.alarm is Outcome.DETECTED:
            continue  # nobody looks further
        assert together.result.tobytes() == alone.result.tobytes()
        assert together.died_layer == alone.died_layer
        assert {k: together.corrupted.get(k, 0) for k in followed} == {
            k: alone.corrupted.get(k, 0) for k in followed
        }
