"""What launches cost: the time that a model says, and the band of its constants (docs/cost-model.md)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.device import Device, Range
from sassafras.isa.kinds import Pipe
from sassafras.kernels.work import LaunchWork

Points = NDArray[np.float64]  #: a value at each point of the band: (POINTS,), the nominal one first


@dataclass(frozen=True, eq=False)
class Constants:
    """The constants of a device, at every point of its band. ``fast``, ``slow``: of waits, whether a point
    takes that end (else nominal).
    """

    clock: Points
    efficiency: Points
    launch_seconds: Points
    issue: Points
    memory_lanes: Points
    overlap: Points
    waits: NDArray[np.int64]


@lru_cache
def constants(device: Device) -> Constants:
    """The nominal constants, then every way to put each of them at one end of its band: 1 + 2^7 points."""
    ranges = (
        *(device.clock, device.efficiency, device.launch_seconds, device.issue),
        *(device.lanes[Pipe.MEMORY], device.overlap, Range(0, 1, 2)),
    )
    nominal = [r.nominal for r in ranges]
    corners = itertools.product(*((r.fast, r.slow) for r in ranges))
    clock, efficiency, launch, issue, memory, overlap, waits = np.array([nominal, *corners]).T
    return Constants(clock, efficiency, launch, issue, memory, overlap, waits.astype(np.int64))


POINTS = 1 + 2**7


@dataclass(frozen=True)
class LaunchCost:
    """One launch. ``points``: its seconds at each point of the band, the nominal ones first."""

    work: LaunchWork
    points: tuple[float, ...]

    @property
    def kernel(self) -> str:
        """The plain kernel's name."""
        return self.work.kernel

    @property
    def instructions(self) -> int:
        """Dynamic thread-instructions."""
        return self.work.instructions

    @property
    def seconds(self) -> float:
        """Modelled seconds, with the nominal constants."""
        return self.points[0]

    @property
    def held(self) -> float:
        """Share of the register file that it can name x seconds: what faults of that mode strike."""
        return self.work.named * self.seconds


@dataclass(frozen=True)
class Cost:
    """A sum of launches. ``held``: of named shares of the register file x seconds; ``points``: seconds at
    each point of the band, the nominal ones first.
    """

    invocations: int
    instructions: int
    held: float
    points: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """Modelled seconds, with the nominal constants."""
        return self.points[0] if self.points else 0.0


@dataclass(frozen=True)
class Overhead:
    """Added time / time before, with the nominal constants and at both ends of the band."""

    value: float
    low: float
    high: float


def total(costs: Iterable[LaunchCost | Cost]) -> Cost:
    """The sum."""
    parts = list(costs)
    return Cost(
        sum(part.invocations if isinstance(part, Cost) else 1 for part in parts),
        sum(part.instructions for part in parts),
        sum(part.held for part in parts),
        tuple(map(float, np.sum([part.points for part in parts], axis=0))) if parts else (),
    )


def overhead(plain: Cost, hardened: Cost) -> Overhead:
    """The overhead of one over the other. Its band: the constants are the same for both, at every point."""
    ratios = np.array(hardened.points) / np.array(plain.points) - 1
    return Overhead(float(ratios[0]), float(ratios.min()), float(ratios.max()))


def launch_cost(device: Device, work: LaunchWork) -> LaunchCost:
    """The cost of a launch: the longest of issuing, waiting and moving, what does not go on beside it, and
    the overhead of a launch.
    """
    point = constants(device)
    parts = np.array([issuing(device, work), waiting(device, work), moving(device, work)])
    longest = parts.max(axis=0)
    seconds = longest + (1 - point.overlap) * (parts.sum(axis=0) - longest) + point.launch_seconds
    return LaunchCost(work, tuple(map(float, seconds)))


def busiest(device: Device, work: LaunchWork) -> int:
    """Blocks of the multiprocessor that gets most of them."""
    return -(-work.blocks // device.multiprocessors)


def issuing(device: Device, work: LaunchWork) -> Points:
    """Seconds in which the busiest multiprocessor issues its part: the longest of the schedulers and of every
    pipe.
    """
    point = constants(device)
    clocks: Points = sum(work.lanes.values()) / point.issue
    for pipe, rate in device.lanes.items():
        own = point.memory_lanes if pipe is Pipe.MEMORY else rate.nominal
        clocks = np.maximum(clocks, work.lanes[pipe] / own)
    return clocks * (busiest(device, work) / work.blocks) / point.clock


def waiting(device: Device, work: LaunchWork) -> Points:
    """Seconds that the warps of the busiest multiprocessor take with as many at a time as are resident
    (Little's law): never less than the longest warp alone.
    """
    point = constants(device)
    blocks = busiest(device, work)
    together = min(work.resident, blocks) * work.warps
    alone = np.array(work.waiting) * blocks / work.blocks / together
    return np.maximum(alone, work.longest)[point.waits] / point.clock


def moving(device: Device, work: LaunchWork) -> Points:
    """Seconds that the bytes take."""
    return work.nbytes / (device.bandwidth * constants(device).efficiency)
