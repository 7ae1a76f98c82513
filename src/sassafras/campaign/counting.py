"""Counting what a launch issues, in worker processes, once per machine code, launch and data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sassafras.architectures.device import Device
from sassafras.cache import read_cached, write_cached
from sassafras.campaign.execution.workers import ProcessPool
from sassafras.emulator.machine import Machine, machine_of
from sassafras.emulator.profile import LaunchProfile
from sassafras.kernels.cost import LaunchCost, launch_cost
from sassafras.kernels.work import LaunchWork, launch_work, read_work, written_work
from sassafras.progress import Progress
from sassafras.simulation.workbench import Workbench
from sassafras.sources import source_key
from sassafras.workload.inputs import Input, bytes_of
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

if TYPE_CHECKING:
    from sassafras.campaign.campaign import Campaign


@dataclass(frozen=True)
class CountSetup:
    """Forms of a workload (unhardened, hardened ...), one input and the card whose time is modelled."""

    networks: tuple[Workload, ...]
    given: Input
    device: Device

    def start(self) -> Counter:
        """The worker, in the process that asks."""
        return Counter(self)


class Counter:
    """Counts launches of a golden inference. Memory and golden run are made where a launch needs them: not
    where its cost is in the cache, nor where its program takes the same way whatever the data.
    """

    def __init__(self, setup: CountSetup) -> None:
        self._setup = setup
        self._bench: Workbench | None = None  #: of the form that was last run

    def count(self, number: int, form: int = 0) -> LaunchCost:
        """The cost of one launch of a form, from the cache or by running it."""
        network = self._setup.networks[form]
        planned = network.plan[number]
        machine = machine_of(planned.spec.code(network.architecture))
        key = self._key(network, planned, machine)
        cached = read_cached(key)
        work = self._counted(network, planned, machine) if cached is None else read_work(cached)
        if cached is None:
            write_cached(key, written_work(work))
        return launch_cost(self._setup.device, work)

    def _counted(self, network: Workload, planned: PlannedLaunch, machine: Machine) -> LaunchWork:
        free = machine.is_data_free
        return launch_work(
            self._setup.device,
            planned.kernel,
            machine.program,
            machine.count(planned.launch) if free else self._profile(network, planned, machine),
            planned.launch.threads_per_block,
            planned.nbytes,
            planned.launch.shared_bytes,
        )

    def _profile(self, network: Workload, planned: PlannedLaunch, machine: Machine) -> LaunchProfile:
        """By running the launch on what the inference has made before it."""
        if self._bench is None or self._bench.workload is not network:
            self._bench = None  # its memory first
            self._bench = Workbench(network, (self._setup.given,))
        golden = self._bench.golden(0)
        golden.go_before(planned.index)
        profile = machine.profile(planned.launch, golden.memory)
        golden.put_before(planned.index)
        return profile

    def _key(self, network: Workload, planned: PlannedLaunch, machine: Machine) -> str:
        """What the work depends on: machine code, launch, the card, and data where it matters."""
        setup = self._setup
        parts: tuple[object, ...] = (
            source_key("kernels.work", "isa.parser", "architectures"),
            machine.program.digest,
            planned.launch,
            planned.nbytes,
            setup.device,
        )
        digest = hashlib.sha256(repr(parts).encode())
        if not machine.is_data_free:
            digest.update(repr((planned.index, network.parameters_digest)).encode())
            for content in bytes_of(setup.given.arrays):
                digest.update(content)
        return f"work-{digest.hexdigest()[:40]}.json"


def profiled_costs(campaign: Campaign, device: Device) -> dict[int, LaunchCost]:
    """The cost of the campaign's launches on its first frame, by place in the plan, from the profiles that it
    has been run with.
    """
    found = {}
    for item in campaign.profiled_launches():
        if item.frame == 0:
            planned = campaign.network.plan[item.launch]
            work = launch_work(
                device,
                planned.kernel,
                item.program,
                item.profile,
                item.threads_per_block,
                planned.nbytes,
                planned.launch.shared_bytes,
            )
            found[item.launch] = launch_cost(device, work)
    return found


def launch_costs(
    network: Workload,
    given: Input,
    device: Device,
    workers: int,
    progress: Progress,
) -> tuple[LaunchCost, ...]:
    """The cost of every launch of one inference, in the order of the plan."""
    found: dict[int, LaunchCost] = {}
    progress.begin("count", len(network.plan))
    with ProcessPool(CountSetup((network,), given, device), workers) as pool:
        for number, cost in pool.map("count", [(planned.index,) for planned in network.plan]):
            found[number] = cost
            progress.advance(1)
    progress.end()
    return tuple(found[number] for number in range(len(network.plan)))
