"""Launches of an AlexNet inference, emulated wide, leave what the twins leave. Some are quick, all slow."""

from __future__ import annotations

from functools import cache

import pytest
from tests.kernels.sample import sampled

from sassafras.emulator.machine import Machine
from sassafras.emulator.vector.choice import Form
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench

LAUNCHES = range(41)
QUICK = (3, 4, 6)  #: an add_bias, an activate_array, a forward_maxpool


@cache
def workbench() -> Workbench:
    image = image_from_frame(render_frames(2021, 1, 0)[0])
    return Workbench(load_alexnet(), [image], shared=False)


@cache
def wide(kernel: str) -> Machine:
    bench = workbench()
    spec = next(planned.spec for planned in bench.workload.plan if planned.program == kernel)
    return Machine(bench.machine(spec).program, Form.WIDE)


@pytest.mark.parametrize("number", sampled(LAUNCHES, QUICK.__contains__))
def test_a_launch_equals_its_twin(number: int) -> None:
    """From the memory that the twins before it have left."""
    golden = workbench().golden(0)
    assert len(golden.plan) == len(LAUNCHES)
    planned = golden.plan[number]
    golden.go_before(number)
    result = wide(planned.program).run(planned.launch, golden.memory)
    differing = [int(differs.sum()) for _, differs in golden.differences(number)]
    golden.put_before(number)
    assert result.trap is None and not any(differing)
