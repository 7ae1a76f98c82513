"""Whether the faults that the user chose exist: asked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from sassafras.campaign.design.own_faults import beyond, launch_of
from sassafras.campaign.design.settings import Settings
from sassafras.faults.own import OwnFault
from sassafras.faults.own_site import own_target
from sassafras.simulation.golden_threads import golden_threads
from sassafras.simulation.profiles import launch_profiles
from sassafras.simulation.workbench import Workbench
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload


def check_own_faults(network: Workload, faults: Sequence[OwnFault], frames: int) -> None:
    """Raise UsageError unless the launch, block, thread and frame of every fault exist."""
    for own in faults:
        launch = launch_of(network.plan, own).launch
        for column, count, what in (
            ("frame", frames, "frames"),
            ("block", launch.blocks, "blocks in this launch"),
            ("thread", launch.threads_per_block, "threads in a block"),
        ):
            if getattr(own, column) >= count:
                raise own.refuse(column, beyond(getattr(own, column), count, what))


def check_own_sites(network: Workload, images: Sequence[Input], settings: Settings) -> None:
    """Raise UsageError unless the golden thread of every fault has its instruction, with its target. (Each
    thread is emulated.)
    """
    if settings.faults is not None:
        bench = Workbench(network, images)
        _check_sites(bench, settings.faults)


def _check_sites(bench: Workbench, faults: Sequence[OwnFault]) -> None:
    """Frame by frame, in the order of launches."""
    places = {own: launch_of(bench.workload.plan, own) for own in faults}
    for frame in sorted({own.frame for own in faults}):
        of_frame = sorted((own for own in places if own.frame == frame), key=lambda o: places[o].index)
        launches = sorted({places[own].index for own in of_frame})
        profiles = dict(zip(launches, launch_profiles(bench, frame, launches), strict=True))
        golden = bench.golden(frame)
        for own in of_frame:
            planned, threads = places[own], (own.thread,)
            golden.go_before(planned.index)
            machine = bench.machine(planned.spec)
            longest = profiles[planned.index].longest
            ran = golden_threads(golden, machine, planned.index, own.block, threads, longest)
            own_target(own, machine.program, ran.traces[own.thread])
