"""Golden profiles for commands that look at a campaign without making one."""

from __future__ import annotations

from collections.abc import Sequence

from sassafras.campaign.execution.workers import Preparation, ProcessPool, WorkerSetup
from sassafras.campaign.made_inputs import made_inputs
from sassafras.cli.selection import Chosen
from sassafras.faults.population import ProfiledLaunch
from sassafras.progress import Progress
from sassafras.simulation.rules import Rules
from sassafras.workload.inputs import Input


def chosen_images(chosen: Chosen) -> tuple[Input, ...]:
    """The frames that a campaign with these choices runs on."""
    if chosen.images is not None:
        return chosen.images
    return made_inputs(chosen.source, chosen.network, chosen.settings)


def golden_profiles(
    chosen: Chosen, images: Sequence[Input], launches: Sequence[int], workers: int, progress: Progress
) -> list[ProfiledLaunch]:
    """Profiles of these launches of the plan on each image, from the cache or by running them; frame by
    frame, in the order given.
    """
    settings, network = chosen.settings, chosen.network
    setup = WorkerSetup(
        network,
        tuple(images),
        Rules(None, settings.watchdog, full=False),
    )
    # One piece of work is all launches of a program on a frame: they are cached together.
    programs = dict.fromkeys(network.plan[number].program for number in launches)
    pieces = [[n for n in launches if network.plan[n].program == name] for name in programs]
    work = [Preparation(frame, tuple(piece)) for frame in range(len(images)) for piece in pieces]
    progress.begin("profile", len(images) * len(launches))
    found: dict[tuple[int, int], ProfiledLaunch] = {}
    with ProcessPool(setup, workers) as pool:
        for position, done in pool.map("prepare", [(one,) for one in work]):
            frame, numbers = work[position].frame, work[position].launches
            for number, profile in zip(numbers, done.profiles, strict=True):
                planned = network.plan[number]
                program = planned.spec.code(network.architecture)
                threads = planned.launch.threads_per_block
                found[frame, number] = ProfiledLaunch(frame, number, program, threads, profile)
            progress.advance(len(numbers))
    progress.end()
    return [found[key] for key in sorted(found)]
