"""A run by native twins: the launch plan on the CPU, bit for bit what the emulated kernels compute."""

from __future__ import annotations

from collections.abc import Callable

from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.exact_gemm import using_threads
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload


def run_twins(
    workload: Workload,
    memory: DeviceMemory,
    start: int = 0,
    stop: int | None = None,
    after: Callable[[PlannedLaunch], None] | None = None,
    *,
    threads: int = 1,
) -> None:
    """Run the launches ``start`` (included) to ``stop`` (excluded; None: the end) of the plan on ``memory``,
    in place.

    ``after`` is called after each launch. ``threads`` changes the time only. Raises ValueError for a range
    outside the plan.
    """
    end = len(workload.plan) if stop is None else stop
    if not 0 <= start <= end <= len(workload.plan):
        raise ValueError(f"launches {start} to {stop} are not in a plan of {len(workload.plan)}")
    with using_threads(threads):
        for planned in workload.plan[start:end]:
            planned.run(memory, workload.architecture)
            if after is not None:
                after(planned)
