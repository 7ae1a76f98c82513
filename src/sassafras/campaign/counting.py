"""Counting what a launch issues, in worker processes, once per machine code, launch and data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.cache import read_cached, write_cached
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.progress import Progress
from sassafras.campaign.workbench import Workbench
from sassafras.campaign.workers import ProcessPool
from sassafras.kernels.cost import LaunchCost, launch_cost
from sassafras.kernels.device import Device
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch


@dataclass(frozen=True)
class CountSetup:
    """A network, one frame (float32 (c, h, w)) and the card whose time is modelled."""

    network: Network
    image: NDArray[np.float32]
    arch: str
    device: Device

    def start(self) -> Counter:
        """The worker, in the process that asks."""
        return Counter(self)


class Counter:
    """Counts launches of a golden inference."""

    def __init__(self, setup: CountSetup) -> None:
        self._setup = setup
        self._bench = Workbench(setup.network, (setup.image,), setup.arch)

    def count(self, number: int) -> LaunchCost:
        """The cost of one launch, from the cache or by running it."""
        planned = self._setup.network.plan[number]
        key = self._key(planned)
        cached = read_cached(key)
        if cached is not None:
            return LaunchCost(**json.loads(cached))
        golden = self._bench.golden(0)
        golden.go_before(number)
        machine = self._bench.machine(planned.program)
        profile = machine.profile(planned.launch, golden.memory)
        golden.put_before(number)
        cost = launch_cost(
            self._setup.device,
            planned.kernel,
            machine.program,
            profile,
            planned.launch.threads_per_block,
            planned.nbytes,
        )
        write_cached(key, json.dumps(asdict(cost)).encode())
        return cost

    def _key(self, planned: PlannedLaunch) -> str:
        """What the cost depends on: machine code, launch, data, card and the model itself."""
        setup = self._setup
        parts = (
            self._bench.machine(planned.program).program.digest,
            planned.index,
            planned.launch,
            setup.network.parameters_digest,
            sorted((pipe.value, lanes) for pipe, lanes in setup.device.lanes.items()),
            (setup.device.multiprocessors, setup.device.clock, setup.device.bandwidth),
            (setup.device.launch_seconds, setup.device.issue),
        )
        digest = hashlib.sha256(repr(parts).encode())
        digest.update(np.ascontiguousarray(setup.image).data)
        return f"cost-1-{digest.hexdigest()[:40]}.json"


def profiled_costs(campaign: Campaign, device: Device) -> dict[int, LaunchCost]:
    """The cost of the campaign's launches on its first frame, by place in the plan, from the profiles that it
    has been run with.
    """
    found = {}
    for item in campaign.profiled_launches():
        if item.frame == 0:
            planned = campaign.network.plan[item.launch]
            found[item.launch] = launch_cost(
                device, planned.kernel, item.program, item.profile, item.threads_per_block, planned.nbytes
            )
    return found


def launch_costs(
    network: Network,
    image: NDArray[np.float32],
    arch: str,
    device: Device,
    workers: int,
    progress: Progress,
) -> tuple[LaunchCost, ...]:
    """The cost of every launch of one inference, in the order of the plan. ``image``: float32 (c, h, w)."""
    found: dict[int, LaunchCost] = {}
    progress.begin("count", len(network.plan))
    with ProcessPool(CountSetup(network, image, arch, device), workers) as pool:
        for number, cost in pool.map("count", [(planned.index,) for planned in network.plan]):
            found[number] = cost
            progress.advance(1)
    progress.end()
    return tuple(found[number] for number in range(len(network.plan)))
