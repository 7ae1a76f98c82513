"""What memory faults can strike in each launch of a campaign: which words, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sassafras.architectures.device import Device
from sassafras.faults.memory import Exposed, Held, Interval, Touches, exposed_buffers
from sassafras.faults.population import ProfiledLaunch
from sassafras.kernels.cost import launch_cost
from sassafras.kernels.work import launch_work
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.regions import overlap
from sassafras.simulation.workbench import Workbench
from sassafras.workload.inputs import Input
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload


def exposed_memory(
    workload: Workload, inputs: Sequence[Input], launches: Sequence[ProfiledLaunch]
) -> list[Exposed]:
    """Of each of the launches, in their order. Raises UsageError where no card is modelled for the
    architecture: there is no time to draw from.
    """
    device = workload.architecture.modelled_card()
    held = held_buffers(workload)
    by_frame: dict[int, list[tuple[Interval, ...]]] = {}
    nobody_knows = any(planned.spec.observed for planned in workload.plan)
    bench = Workbench(workload, inputs, shared=False) if nobody_knows else None
    for frame in dict.fromkeys(item.frame for item in launches):
        if bench is None and by_frame:
            by_frame[frame] = next(iter(by_frame.values()))
        else:
            golden = None if bench is None else bench.golden(frame)
            by_frame[frame] = exposed_buffers(held, touches(workload, held, golden))
    return [
        Exposed(by_frame[item.frame][item.launch], _nanoseconds(device, workload, item)) for item in launches
    ]


def held_buffers(workload: Workload) -> list[Held]:
    """Every buffer of a workload."""
    base = workload.layout.base
    given = {*workload.contents, *(buffer.name for buffer in workload.inputs)}
    asked = {buffer.name for buffer in workload.outputs}
    found = []
    for buffer in workload.buffers:
        start = workload.region(buffer).address - base
        place = start, start + buffer.nbytes
        found.append(Held(buffer.name, place, buffer.name in given, buffer.name in asked))
    return found


def touches(workload: Workload, held: Sequence[Held], golden: GoldenRun | None) -> list[Touches]:
    """Of each launch of the plan. ``golden``: asked of kernels that do not say what they touch."""
    base = workload.layout.base
    return [
        Touches(
            *(
                frozenset(one.name for one in held if meets(one.place))
                for meets in _meeting(planned, base, golden)
            )
        )
        for planned in workload.plan
    ]


def _meeting(
    planned: PlannedLaunch, base: int, golden: GoldenRun | None
) -> tuple[Callable[[Interval], bool], Callable[[Interval], bool]]:
    """Whether a launch loads, and whether it stores, any of some bytes."""
    seen = None if golden is None else golden.observed[planned.index]
    if seen is not None:
        loads, stores = seen.loads, seen.stores
        return (
            lambda place: bool(loads.has(np.arange(*place)).any()),
            lambda place: bool(stores.has(np.arange(*place)).any()),
        )
    reads, writes = (
        [(region.address - base, region.end - base) for region in regions]
        for regions in (planned.reads, planned.writes)
    )
    return (lambda place: overlap([place], reads)), (lambda place: overlap([place], writes))


def _nanoseconds(device: Device, workload: Workload, item: ProfiledLaunch) -> int:
    """Modelled time of a launch, at least one."""
    planned = workload.plan[item.launch]
    shape = item.threads_per_block, planned.nbytes, planned.launch.shared_bytes
    work = launch_work(device, planned.kernel, item.program, item.profile, *shape)
    return max(1, round(launch_cost(device, work).seconds * 1e9))
