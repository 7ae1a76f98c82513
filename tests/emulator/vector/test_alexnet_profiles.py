"""Profiles of AlexNet's launches, plain and in three copies: the way that is chosen for each counts what
running thread by thread counts.
"""

from __future__ import annotations

from functools import cache

import pytest
from tests.kernels.sample import sampled

from sassafras.emulator.machine import Machine
from sassafras.emulator.vector.choice import Form
from sassafras.hardening.plan import launched, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench

LAUNCHES = (0, 1, 2, 3, 4, 5, 13, 14, 27, 31, 33, 37, 40)
"""In the order of the plan: of every kernel the first, and some that are small or of another shape."""
CASES = [(number, copied) for copied in (False, True) for number in LAUNCHES]
QUICK = ((5, False), (3, True))  #: a forward_maxpool, and an add_bias in three copies


@cache
def workbench(copied: bool) -> Workbench:
    plain = load_alexnet()
    copies = harden(plain, protect(dict.fromkeys(launched(plain), Technique.TMR)))
    image = image_from_frame(render_frames(2021, 1, 0)[0])
    return Workbench(copies if copied else plain, [image], shared=False)


@pytest.mark.parametrize(("number", "copied"), sampled(CASES, QUICK.__contains__))
def test_a_launch_is_counted_as_thread_by_thread(number: int, copied: bool) -> None:
    bench = workbench(copied)
    golden, planned = bench.golden(0), bench.workload.plan[number]
    machine = bench.machine(planned.spec)
    found = []
    for one in (machine, Machine(machine.program, Form.THREADS)):
        golden.go_before(number)
        found.append(one.profile(planned.launch, golden.memory))
        golden.put_before(number)
    quick, slow = found
    assert quick.equals(slow) and quick.thread_class.dtype == slow.thread_class.dtype


@pytest.mark.slow
def test_the_first_launch_of_every_kernel_is_among_them() -> None:
    plan = workbench(False).workload.plan
    assert {plan[number].kernel for number in LAUNCHES} == {planned.kernel for planned in plan}
