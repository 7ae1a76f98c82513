"""Inference by native twins: the launch plan on the CPU, bit for bit what the emulated kernels compute."""

from __future__ import annotations

from collections.abc import Callable

from sassafras.architectures.registry import DEFAULT
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.exact_gemm import using_threads
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch


def run_twins(
    network: Network,
    memory: DeviceMemory,
    start: int = 0,
    stop: int | None = None,
    after: Callable[[PlannedLaunch], None] | None = None,
    *,
    threads: int = 1,
    arch: str = DEFAULT,
) -> None:
    """Run the launches ``start`` (included) to ``stop`` (excluded; None: the end) of the plan on ``memory``,
    in place.

    ``arch``: whose machine code runs where a kernel has no twin.

    ``after`` is called after each launch. ``threads`` changes the time only. Raises ValueError for a range
    outside the plan.
    """
    end = len(network.plan) if stop is None else stop
    if not 0 <= start <= end <= len(network.plan):
        raise ValueError(f"launches {start} to {stop} are not in a plan of {len(network.plan)}")
    with using_threads(threads):
        for planned in network.plan[start:end]:
            planned.spec.run(planned.arguments, memory, arch)
            if after is not None:
                after(planned)
