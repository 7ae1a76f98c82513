"""Launches of an AlexNet inference, emulated wide, leave what the twins leave, for every architecture. Some
are quick, all slow.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest
from tests.kernels.sample import sampled

from sassafras.architectures.registry import architecture
from sassafras.emulator.machine import Machine
from sassafras.emulator.vector.choice import Form
from sassafras.kernels.programs import bundled_architectures
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench

LAUNCHES = range(41)
QUICK = (
    *((3, "sm_50"), (4, "sm_50"), (6, "sm_50")),  # an add_bias, an activate_array, a forward_maxpool
    *((3, "sm_80"), (13, "sm_80")),  # an add_bias, the product of the fourth convolution
)


@cache
def workbench(arch: str) -> Workbench:
    image = image_from_frame(render_frames(2021, 1, 0)[0])
    return Workbench(load_alexnet().on(architecture(arch)), [image], shared=False)


@cache
def wide(kernel: str, arch: str) -> Machine:
    bench = workbench(arch)
    spec = next(planned.spec for planned in bench.workload.plan if planned.program == kernel)
    return Machine(bench.machine(spec).program, Form.WIDE)


@pytest.mark.parametrize(
    ("number", "arch"), sampled(product(LAUNCHES, bundled_architectures()), QUICK.__contains__)
)
def test_a_launch_equals_its_twin(number: int, arch: str) -> None:
    """From the memory that the twins before it have left."""
    golden = workbench(arch).golden(0)
    assert len(golden.plan) == len(LAUNCHES)
    planned = golden.plan[number]
    golden.go_before(number)
    machine = wide(planned.program, arch)
    assert machine._wide is not None
    result = machine.run(planned.launch, golden.memory)
    differing = [int(differs.sum()) for _, differs in golden.differences(number)]
    golden.put_before(number)
    assert result.trap is None and not any(differing)
