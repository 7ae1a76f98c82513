"""What a protection changes where there is no fault: values that ``range`` holds, and outputs that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory
from sassafras.hardening.bounds import KERNEL, results
from sassafras.hardening.workload import HardenedWorkload
from sassafras.kernels.hardened.registry import hardened_kernel
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.workload.inputs import Input
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.result import Result
from sassafras.workload.running import run_twins
from sassafras.workload.workload import Workload


@dataclass(frozen=True)
class FaultFree:
    """Fault-free inferences of ``frames`` images, the hardened network beside the plain one.

    ``held``: activations that ``range`` changed, of ``activations`` in launches with it, in ``held_frames``
    images. ``other_words``: 32-bit words that differ at the end in any buffer of the plain network.
    ``other_outputs``: images whose probabilities differ in any bit, ``other_answers``: in the class put
    first. ``largest_change`` of a probability. ``alarms``: images at whose end an alarm word is not zero.
    """

    frames: int
    held: int
    activations: int
    held_frames: int
    other_words: int
    other_outputs: int
    other_answers: int
    largest_change: float
    alarms: int

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return asdict(self)


@dataclass(frozen=True)
class _Frame:
    held: int
    activations: int
    other_words: int
    plain: Result
    hardened: Result
    alarm: bool


def compare_fault_free(
    plain: Workload, hardened: HardenedWorkload, inputs: Iterable[Input], *, threads: int = 1
) -> FaultFree:
    """Run every input through both, by twins. ``threads`` changes the time only."""
    memories = plain.fresh_memory(shared=True), hardened.fresh_memory(shared=True)
    found = [_compare(plain, hardened, memories, given, threads) for given in inputs]
    changes = [np.abs(f.hardened.numbers.astype(np.float64) - f.plain.numbers) for f in found]
    return FaultFree(
        frames=len(found),
        held=sum(f.held for f in found),
        activations=sum(f.activations for f in found),
        held_frames=sum(f.held > 0 for f in found),
        other_words=sum(f.other_words for f in found),
        other_outputs=sum(f.hardened.tobytes() != f.plain.tobytes() for f in found),
        other_answers=sum(
            plain.judge(f.plain, f.hardened).top1 != plain.judge(f.plain, f.plain).top1 for f in found
        ),
        largest_change=max((float(change.max()) for change in changes), default=0.0),
        alarms=sum(f.alarm for f in found),
    )


def _compare(
    plain: Workload,
    hardened: HardenedWorkload,
    memories: tuple[DeviceMemory, DeviceMemory],
    given: Input,
    threads: int,
) -> _Frame:
    before, after = memories
    plain.load(before, *given.arrays)
    hardened.load(after, *given.arrays)
    run_twins(plain, before, threads=threads)
    held = activations = 0
    bounded = hardened_kernel(KERNEL, Technique.RANGE)
    for planned in hardened.plan:
        kept = results(after, planned).copy() if planned.spec is bounded else None
        run_twins(hardened, after, planned.index, planned.index + 1, threads=threads)
        if kept is not None:
            held += _held(kept, after, planned)
            activations += kept.size
    other = _differing(plain, before, hardened, after)
    ended = plain.result(before), hardened.result(after)
    return _Frame(held, activations, other, *ended, _alarm(hardened, after))


def _held(inputs: NDArray[np.float32], memory: DeviceMemory, planned: PlannedLaunch) -> int:
    """Values that bounds changed: the plain kernel's results, on the same inputs, that are other ones.

    The launch is done: its place is borrowed for the plain one.
    """
    place = results(memory, planned)
    bounded = place.copy()
    place[...] = inputs
    plain = KERNELS[KERNEL].twin
    assert plain is not None
    plain(memory, planned.arguments)
    differing = int((place.view(np.uint32) != bounded.view(np.uint32)).sum())
    place[...] = bounded
    return differing


def _differing(plain: Workload, before: DeviceMemory, hardened: Workload, after: DeviceMemory) -> int:
    """Words that differ in buffers of the plain network other than its parameters, which nothing writes."""
    differing = 0
    for buffer in plain.buffers:
        if buffer.name not in plain.contents:
            one = before.at(plain.layout[buffer.name].address, buffer.nbytes).view(np.uint32)
            two = after.at(hardened.layout[buffer.name].address, buffer.nbytes).view(np.uint32)
            differing += int((one != two).sum())
    return differing


def _alarm(hardened: HardenedWorkload, memory: DeviceMemory) -> bool:
    """Whether an alarm word is raised; they are zero again afterwards."""
    words = [memory.array(a, 1, np.uint32) for a in (hardened.alarms.detected, hardened.alarms.corrected)]
    raised = any(word[0] for word in words)
    for word in words:
        word[0] = 0
    return raised
