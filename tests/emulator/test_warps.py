"""Warps in lock step: kernels whose lanes speak to each other, against NumPy, in every build."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.warp_kernels import CASES, program

from sassafras.emulator.armed import Stop
from sassafras.emulator.machine import machine_of

QUICK = ("compact", "divergent", "last_warp", "producer", "counted")
KERNEL = pytest.mark.parametrize("kernel", CASES)
EVERY_BUILD = [pytest.param(k, marks=() if k in QUICK else pytest.mark.slow) for k in CASES]


@KERNEL
def test_a_launch_is_what_numpy_says(kernel: str) -> None:
    launch, memory = CASES[kernel].build()
    machine = machine_of(program(kernel))
    assert machine.warps
    assert machine.run(launch, memory).trap is None
    CASES[kernel].check(memory)


@pytest.mark.parametrize("kernel", EVERY_BUILD)
def test_armed_and_counting_builds_do_the_same(kernel: str) -> None:
    machine = machine_of(program(kernel))
    launch, memory = CASES[kernel].build()
    ran = machine.run(launch, memory)
    launch, counted = CASES[kernel].build()
    profile = machine.profile(launch, counted)
    np.testing.assert_array_equal(counted.data, memory.data)
    assert ran.longest == profile.longest
    launch, controlled = CASES[kernel].build()
    before = controlled.data.copy()
    issued = []
    armed = machine.arm(launch, controlled, 0)
    for block in range(launch.blocks):
        armed = machine.arm(launch, controlled, block)
        assert armed.run(profile.longest) is Stop.FINISHED
        issued += [armed.issued(t) for t in range(launch.threads_per_block)]
    np.testing.assert_array_equal(controlled.data, memory.data)
    assert issued == profile.issued.sum(axis=1)[profile.thread_class].tolist()
    assert sum(issued) == ran.instructions
    if launch.blocks == 1:
        armed.undo()
        np.testing.assert_array_equal(controlled.data, before)
