"""Counting without data, against running the whole program on the golden memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.campaign import layer_networks, networks
from tests.faults.launches import hand_written

from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.network.network import Network
from sassafras.simulation.workbench import Workbench

DATA_DECIDES = {"activate_array", "forward_avgpool", "normalize", "softmax"}


NETWORKS: dict[str, Callable[[], Network]] = {**networks.BRANCHES, **layer_networks.EVERY}


@pytest.mark.alike(3)
@pytest.mark.parametrize("name", NETWORKS)
def test_profiles_without_data_are_those_of_whole_runs(name: str) -> None:
    """Of every launch of a program whose way and guards do not depend on data; classes in the same order."""
    network = NETWORKS[name]()
    golden = Workbench(network, networks.images(network), shared=False).golden(0)
    counted = set()
    for planned in network.plan:
        machine = Machine(planned.spec.code(network.architecture))
        found = machine.profile_without_data(planned.launch)
        if found is not None:
            golden.go_before(planned.index)
            expected = machine.profile(planned.launch, golden.memory)
            golden.put_before(planned.index)
            assert found.equals(expected), planned
            assert found.thread_class.dtype == expected.thread_class.dtype
            counted.add(planned.kernel)
    assert not counted & DATA_DECIDES
    assert "gemm" in counted


LOAD = "LDG.E R2, [R4]"
COMPARE = "ISETP.GE.AND P0, PT, R2, RZ, PT"
BY_THREAD = "S2R R2, SR_TID.X"
BY_TWO = "ISETP.GE.AND P0, PT, R2, 0x2, PT"


def test_a_guard_that_depends_on_data_is_not_counted_without_it() -> None:
    machine = Machine(hand_written(LOAD, COMPARE, "@P0 MOV R3, R2", "EXIT"))
    assert machine.is_data_free  # all threads are issued the same
    assert machine.profile_without_data(Launch((1, 1, 1), (4, 1, 1), bytes(0x40))) is None


def test_guards_loops_and_barriers_are_counted() -> None:
    """Two of four threads execute what is guarded; a loop of three rounds; barriers on the way."""
    program = hand_written(
        BY_THREAD, BY_TWO, "@P0 MOV R3, R2", "MOV R6, RZ",
        "BAR.SYNC 0x0", "IADD R6, R6, 0x1", "ISETP.LT.AND P1, PT, R6, 0x3, PT", "@P1 BRA 0x30",
        "@!P0 EXIT", "EXIT",
    )  # fmt: skip
    launch = Launch((2, 1, 1), (4, 1, 1), bytes(0x40))
    found = Machine(program).profile_without_data(launch)
    assert found is not None
    executed = found.executed[found.thread_class]
    assert executed[:, 2].tolist() == [0, 0, 1, 1] * 2
    assert executed[:, 4:8].tolist() == [[3, 3, 3, 2]] * 8
    assert found.issued[found.thread_class][:, 7].tolist() == [3] * 8
    assert executed[:, 9].tolist() == [0, 0, 1, 1] * 2
    expected = Machine(program).profile(launch, DeviceMemory(lay_out([("nothing", 1)])))
    assert found.equals(expected)
    assert np.array_equal(found.issued, expected.issued)
