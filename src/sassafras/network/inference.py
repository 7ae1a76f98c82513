"""Inference by native twins: the launch plan on the CPU, bit for bit what the emulated kernels compute."""

from __future__ import annotations

from collections.abc import Callable

from sassafras.emulator.memory import DeviceMemory
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch


def run_twins(
    network: Network,
    memory: DeviceMemory,
    start: int = 0,
    stop: int | None = None,
    after: Callable[[PlannedLaunch], None] | None = None,
) -> None:
    """Run the launches ``start`` (included) to ``stop`` (excluded; None: the end) of the plan on ``memory``,
    in place.

    ``after`` is called after each launch. Raises ValueError for a range outside the plan.
    """
    end = len(network.plan) if stop is None else stop
    if not 0 <= start <= end <= len(network.plan):
        raise ValueError(f"launches {start} to {stop} are not in a plan of {len(network.plan)}")
    for planned in network.plan[start:end]:
        planned.spec.twin(memory, planned.arguments)
        if after is not None:
            after(planned)
