"""Checksums raise no alarm because of rounding: the whole network on a hundred frames, without a fault."""

from __future__ import annotations

import threading

import pytest

from sassafras.emulator.machine import RunResult
from sassafras.hardening.plan import protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frame
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench
from sassafras.workload.launches import PlannedLaunch

FRAMES = 100
SEED = 100


def emulate(bench: Workbench, planned: PlannedLaunch) -> list[RunResult]:
    """A launch, half its blocks on each of two threads (fault-free blocks do not meet)."""
    machine, memory, blocks = bench.machine(planned.spec), bench.golden(0).memory, planned.launch.blocks
    machine.run(planned.launch, memory, blocks=range(0))
    results: list[RunResult] = []
    halves = (range(blocks // 2), range(blocks // 2, blocks))
    threads = [
        threading.Thread(
            target=lambda part: results.append(machine.run(planned.launch, memory, blocks=part)), args=(h,)
        )
        for h in halves
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.slow
def test_no_alarm_and_no_other_bit_on_a_hundred_frames() -> None:
    network = harden(load_alexnet(), protect({"gemm": Technique.ABFT}))
    launches = 0
    for number in range(FRAMES):
        image = image_from_frame(render_frame(SEED, number))
        bench = Workbench(network, [image])
        golden = bench.golden(0)
        for planned in golden.plan:
            if planned.kernel != "gemm":
                continue
            golden.go_before(planned.index)
            assert all(result.trap is None for result in emulate(bench, planned))
            assert not any(differs.any() for _, differs in golden.differences(planned.index))
            golden.put_before(planned.index)
            launches += 1
    print(f"{launches} launches of gemm with checksums on {FRAMES} frames: every bit golden, no alarm")  # noqa: T201
