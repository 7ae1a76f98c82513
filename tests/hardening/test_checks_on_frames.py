"""Rounding raises no flag, and the guard no alarm: the whole network on a hundred frames, without a fault."""

from __future__ import annotations

import numpy as np
import pytest

from sassafras.emulator.memory import DeviceMemory
from sassafras.hardening.plan import launched, parse_protection
from sassafras.hardening.workload import harden
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.gemm_check import checksums_of, group_sums, rows_of
from sassafras.kernels.registry import ADDED
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frame
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench

FRAMES = 100
SEED = 100


def largest_share(memory: DeviceMemory, arguments: Arguments) -> float:
    """The largest |sum - checksum| of a product, relative to what is allowed."""
    rows, k, group = (int(arguments[name]) for name in ("rows", "k", "group"))
    d, c = rows_of(memory, arguments, "d", k), rows_of(memory, arguments, "c", rows)
    largest = 0.0
    for g, own in enumerate(checksums_of(memory, arguments)):
        sums = group_sums(arguments, own, d, c[g * group : (g + 1) * group]).astype(np.float64)
        allowed = sums[2] * arguments["tolerance"] + arguments["smallest"]
        largest = max(largest, float((np.abs(sums[0] - sums[1]) / allowed).max()))
    return largest


@pytest.mark.slow
def test_no_flag_and_no_alarm_on_a_hundred_frames() -> None:
    plain = load_alexnet()
    network = harden(plain, parse_protection("gemm=checksum,network=guard", launched(plain)))
    shares: dict[int, float] = {}
    launches = 0
    for number in range(FRAMES):
        bench = Workbench(network, [image_from_frame(render_frame(SEED, number))])
        golden = bench.golden(0)
        for planned in golden.plan:
            if planned.kernel not in ADDED:
                continue
            golden.go_before(planned.index)
            before = golden.memory.data[: network.layout.nbytes].copy() if number == 0 else None
            assert bench.machine(planned.spec).run(planned.launch, golden.memory).trap is None
            for start, differs in golden.differences(planned.index):
                assert not differs.any()
                if planned.kernel == "gemm_check":
                    assert not golden.memory.data[start : start + len(differs)].any()
            assert before is None or np.array_equal(golden.memory.data, before)
            if planned.kernel == "gemm_check":
                share = largest_share(golden.memory, planned.arguments)
                shares[planned.part] = max(share, shares.get(planned.part, 0.0))
            golden.put_before(planned.index)
            launches += 1
    assert max(shares.values()) < 1
    print(f"{launches} launches on {FRAMES} frames: no flag, no alarm, no other bit")  # noqa: T201
    print("largest share of what is allowed, by layer:", shares)  # noqa: T201
