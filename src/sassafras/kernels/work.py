"""What a launch asks of a card, counted where it ran: instructions, bytes, warps and what they wait for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from sassafras.architectures.device import Device
from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.profile import LaunchProfile
from sassafras.isa.kinds import Pipe
from sassafras.isa.program import Program, of_program
from sassafras.kernels.kernel import Region
from sassafras.kernels.occupancy import allocation
from sassafras.kernels.regions import merged
from sassafras.kernels.waiting import waiting_clocks

Three = tuple[float, float, float]  #: with the waits of a device's `Range`: fast, nominal, slow


@dataclass(frozen=True)
class LaunchWork:
    """One launch. ``instructions``: dynamic thread-instructions; ``lanes``: issued to each pipe, with those
    that idle in a warp; ``nbytes``: distinct bytes read and written; ``blocks``: of the grid; ``resident``:
    blocks that fit into a multiprocessor; ``warps``: of a block; ``named``: share of the register file
    that its threads can name while it runs; ``waiting``: clock cycles that all its warps would take one
    after the other; ``longest``: of them, the warp that takes longest.
    """

    kernel: str
    instructions: int
    lanes: Mapping[Pipe, int]
    nbytes: int
    blocks: int
    resident: int
    warps: int
    named: float
    waiting: Three
    longest: Three


def launch_work(
    device: Device,
    kernel: str,
    program: Program,
    profile: LaunchProfile,
    threads_per_block: int,
    nbytes: int,
    shared_bytes: int = 0,
) -> LaunchWork:
    """What a profiled launch asks of ``device``. ``shared_bytes``: of a block, beside the program's own."""
    issued, counts = warp_kinds(profile, threads_per_block)
    alone = [issued @ clocks for clocks in _three_clocks(program, device)]
    blocks = len(profile.thread_class) // threads_per_block
    held = allocation(device.limits, device.multiprocessors, program, blocks, threads_per_block, shared_bytes)
    return LaunchWork(
        kernel=kernel,
        instructions=int(profile.threads_per_class @ profile.issued.sum(axis=1)),
        lanes=lanes_of(program, counts @ issued),
        nbytes=nbytes,
        blocks=blocks,
        resident=held.occupancy.blocks,
        warps=-(-threads_per_block // WARP),
        named=held.named_fraction,
        waiting=_three(float(counts @ each) for each in alone),
        longest=_three(float(each.max()) for each in alone),
    )


def warp_kinds(profile: LaunchProfile, threads_per_block: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Kinds of warps: how often one issues each static instruction, int64 (kinds, instructions), and how many
    there are, int64 (kinds,).

    A warp issues an instruction for all threads that need it together: as often as the busiest of its threads
    (less than that is not possible; where threads diverge hardware may need more).
    """
    classes = profile.thread_class.reshape(-1, threads_per_block)
    lanes = -(-threads_per_block // WARP) * WARP
    nobody = len(profile.issued)
    padded = np.full((len(classes), lanes), nobody, np.int32)
    padded[:, :threads_per_block] = classes
    warps = padded.reshape(-1, WARP)
    issued = np.vstack([profile.issued, np.zeros_like(profile.issued[:1])]).astype(np.int64)
    alike = (warps == warps[:, :1]).all(axis=1)  # nearly all: counting them needs no sorting
    mixes, mixed = np.unique(np.sort(warps[~alike], axis=1), axis=0, return_counts=True)
    most = [issued[np.unique(mix)].max(axis=0) for mix in mixes]
    counts = np.concatenate([np.bincount(warps[alike, 0], minlength=nobody + 1), mixed])
    return np.vstack([issued, *most]), counts.astype(np.int64)


def lanes_of(program: Program, issues: NDArray[np.int64]) -> dict[Pipe, int]:
    """Lanes that each pipe takes. ``issues``: of each static instruction, by all warps."""
    lanes = dict.fromkeys(Pipe, 0)
    for instruction, count in zip(program.instructions, issues.tolist(), strict=True):
        lanes[instruction.pipe] += WARP * count
    return lanes


def traffic(reads: Sequence[Region], writes: Sequence[Region]) -> int:
    """Bytes that must cross the memory bus once: distinct bytes read, and distinct bytes written."""
    return sum(region.nbytes for regions in (reads, writes) for region in merged(regions))


def written_work(work: LaunchWork) -> bytes:
    """As JSON, which `read_work` reads."""
    return _JSON.dump_json(work)


def read_work(content: bytes) -> LaunchWork:
    """What `written_work` wrote."""
    return _JSON.validate_json(content)


_JSON = TypeAdapter(LaunchWork)


@of_program
def _three_clocks(program: Program, device: Device) -> tuple[NDArray[np.float64], ...]:
    """`waiting_clocks` with the waits of the device: fast, nominal, slow."""
    names = ("fast", "nominal", "slow")
    waits = [{wait: getattr(found, name) for wait, found in device.waits.items()} for name in names]
    return tuple(waiting_clocks(program, each) for each in waits)


def _three(values: Iterable[float]) -> Three:
    fast, nominal, slow = values
    return fast, nominal, slow
