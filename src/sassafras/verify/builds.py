"""Whether the builds of a kernel without a twin leave the same bits: the armed one, under control, which made
the golden run, and the plain one.
"""

from __future__ import annotations

from collections.abc import Iterable

from sassafras.simulation.workbench import Workbench
from sassafras.verify.check import Check, concluded
from sassafras.workload.launches import PlannedLaunch

NAME = "builds of your kernels agree"


def check_builds(bench: Workbench, frame: int, launches: Iterable[PlannedLaunch]) -> Check:
    """Launches of observed kernels, whole: all of device memory is compared."""
    golden = bench.golden(frame)
    chosen = [planned for planned in launches if planned.spec.observed]
    failures: list[str] = []
    for planned in chosen:
        golden.go_before(planned.index)
        golden.around(planned.index)
        ran = bench.machine(planned.spec).run(planned.launch, golden.memory)
        places, _ = golden.take_back(planned.index)
        if ran.trap is not None or len(places):
            what = f"it trapped: {ran.trap}" if ran.trap is not None else f"{len(places)} bytes differ"
            failures.append(f"{planned.program}, launch {planned.index}: {what}")
    kernels = len({planned.program for planned in chosen})
    return concluded(
        NAME, f"{kernels} kernels, {len(chosen)} launches, plain and armed, bit for bit", failures
    )
