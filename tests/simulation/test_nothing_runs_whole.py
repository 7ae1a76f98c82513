"""A fault's small difference is carried in pieces: where a kernel can, no launch behind it runs whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.campaign import networks

from sassafras.hardening.plan import launched, parse_protection
from sassafras.hardening.workload import harden
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.stray import StrayBytes
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.wave import Wave
from sassafras.simulation.workbench import Workbench
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

CFGS = {"every kind of layer": networks.CFG} | networks.OTHERS


def word_in_the_middle(golden: GoldenRun, number: int) -> Difference:
    """One float of what a launch writes, with other bits of its fraction."""
    start, end = golden.writes[number][0]
    offsets = start + (end - start) // 8 * 4 + np.arange(4, dtype=np.int64)
    golden.put_after(number)
    contents = golden.memory.data[offsets] ^ np.array([0xFF, 0xFF, 0x0F, 0], np.uint8)
    golden.put_before(number)
    return Difference(offsets, contents)


@pytest.mark.parametrize("checked", [False, True], ids=["plain", "with checks and a guard"])
@pytest.mark.parametrize("name", CFGS)
def test_kernels_carry_what_they_can(name: str, checked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    network = networks.network(CFGS[name])
    taken: Workload = network
    if checked:
        taken = harden(network, parse_protection("gemm=checksum,network=guard", launched(network)))
    bench = Workbench(taken, networks.images(network)[:1], shared=False)
    golden, whole = bench.golden(0), set()
    through = StrayBytes._through_twin

    def noting(self: StrayBytes, launch: PlannedLaunch, pieces: Any, waiting: Any) -> Any:
        whole.add(launch.kernel)
        return through(self, launch, pieces, waiting)

    monkeypatch.setattr(StrayBytes, "_through_twin", noting)
    wave = Wave(golden, bench.live)
    plain = launched(networks.network(CFGS[name]))
    struck = [planned.index for planned in golden.plan if planned.kernel in plain]
    for number in range(len(golden.plan)):
        golden.go_before(number)
        wave.advance(number)
        if number in struck:
            wave.enter(number, number, word_in_the_middle(golden, number))
    assert set(wave.finished) == set(struck)
    assert whole <= {"softmax", "guard"}  # the two that read a whole vector and carry no pieces
