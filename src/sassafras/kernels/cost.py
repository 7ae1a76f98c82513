"""What a launch costs: instructions counted where they ran, time by a model (docs/cost-model.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.profile import LaunchProfile
from sassafras.isa.program import Program
from sassafras.kernels.device import WARP, Device, Pipe, pipe_of
from sassafras.kernels.kernel import Region
from sassafras.kernels.regions import merged


@dataclass(frozen=True)
class LaunchCost:
    """One launch. ``instructions``: dynamic thread-instructions; ``slots``: lanes issued, with those that
    idle in a warp; ``nbytes``: distinct bytes read and written; seconds on the device.
    """

    kernel: str
    instructions: int
    slots: int
    nbytes: int
    issue_seconds: float
    memory_seconds: float
    seconds: float


@dataclass(frozen=True)
class Cost:
    """A sum of launches."""

    invocations: int
    instructions: int
    seconds: float


def total(costs: Iterable[LaunchCost | Cost]) -> Cost:
    """The sum."""
    parts = list(costs)
    return Cost(
        sum(part.invocations if isinstance(part, Cost) else 1 for part in parts),
        sum(part.instructions for part in parts),
        sum(part.seconds for part in parts),
    )


def warp_issues(profile: LaunchProfile, threads_per_block: int) -> NDArray[np.int64]:
    """How often warps issue each static instruction, int64 (instructions,).

    A warp issues an instruction for all threads that need it together: as often as the busiest of its threads
    (less than that is not possible; where threads diverge hardware may need more).
    """
    classes = profile.thread_class.reshape(-1, threads_per_block)
    lanes = -(-threads_per_block // WARP) * WARP
    nobody = len(profile.issued)
    padded = np.full((len(classes), lanes), nobody, np.int32)
    padded[:, :threads_per_block] = classes
    warps = padded.reshape(-1, WARP)
    issued = np.vstack([profile.issued, np.zeros_like(profile.issued[:1])])
    alike = (warps == warps[:, :1]).all(axis=1)  # nearly all: counting them needs no sorting
    result = np.bincount(warps[alike, 0], minlength=nobody + 1) @ issued.astype(np.int64)
    mixes, counts = np.unique(np.sort(warps[~alike], axis=1), axis=0, return_counts=True)
    for mix, count in zip(mixes, counts.tolist(), strict=True):
        result += count * issued[np.unique(mix)].max(axis=0)
    return result


def issue_seconds(device: Device, program: Program, issues: NDArray[np.int64]) -> float:
    """Time to issue these warp instructions: the longest of the schedulers and of every pipe."""
    lanes = dict.fromkeys(Pipe, 0)
    for instruction, count in zip(program.instructions, issues.tolist(), strict=True):
        lanes[pipe_of(instruction)] += WARP * count
    clocks = [sum(lanes.values()) / device.issue]
    clocks += [lanes[pipe] / rate for pipe, rate in device.lanes.items()]
    return max(clocks) / (device.multiprocessors * device.clock)


def traffic(reads: Sequence[Region], writes: Sequence[Region]) -> int:
    """Bytes that must cross the memory bus once: distinct bytes read, and distinct bytes written."""
    return sum(region.nbytes for regions in (reads, writes) for region in merged(regions))


def launch_cost(
    device: Device,
    kernel: str,
    program: Program,
    profile: LaunchProfile,
    threads_per_block: int,
    nbytes: int,
) -> LaunchCost:
    """The cost of a profiled launch: the longer of issuing and moving, plus the overhead of a launch."""
    issues = warp_issues(profile, threads_per_block)
    issue = issue_seconds(device, program, issues)
    memory = nbytes / device.bandwidth
    return LaunchCost(
        kernel=kernel,
        instructions=int(profile.threads_per_class @ profile.issued.sum(axis=1)),
        slots=WARP * int(issues.sum()),
        nbytes=nbytes,
        issue_seconds=issue,
        memory_seconds=memory,
        seconds=max(issue, memory) + device.launch_seconds,
    )
