"""The launch plan: every kernel launch of one inference, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sassafras.emulator.memory import MemoryLayout
from sassafras.network.layers.layer import Node
from sassafras.workload.launches import PlannedLaunch


def make_plan(layers: Sequence[Node], layout: MemoryLayout) -> tuple[PlannedLaunch, ...]:
    """The launches of all layers for buffers at the addresses of the layout."""
    addresses = {allocation.name: allocation.address for allocation in layout.allocations}
    invocations: Counter[str] = Counter()
    plan: list[PlannedLaunch] = []
    for layer in layers:
        for call in layer.calls(addresses.__getitem__):
            invocation = invocations[call.kernel]
            invocations[call.kernel] += 1
            plan.append(PlannedLaunch.of(len(plan), call.kernel, invocation, layer.index, call.arguments))
    return tuple(plan)
