"""A struck thread that runs alone, although the others of its block wait for it: its golden run, and what it
finds in shared memory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.alone import BlockImages, LoneBlock
from sassafras.emulator.armed import Stop
from sassafras.emulator.block_images import ImageRoom, block_images
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.vector.choice import can_tell
from sassafras.isa.slicing import has_known_way, shared_memory_slice, without_tail
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Sharing
from sassafras.simulation.traced import GoldenThreads


def may_run_alone(golden: GoldenRun, machine: Machine, number: int) -> bool:
    """Whether that can be tried of a thread of launch ``number``: one that waits for others, which do not
    combine anything in one word, nor pass each other values through global memory.
    """
    return _waits(machine) and golden.sharing(number) is Sharing.NONE


def _waits(machine: Machine) -> bool:
    """Whether its threads wait for others, and tell them nothing by the way."""
    return machine.barrier and not machine.warps and not can_tell(machine.program)


class GoldenBlocks:
    """The golden run of the block that was asked for last, of one worker."""

    def __init__(self) -> None:
        self._room, self._views = ImageRoom(), ImageRoom()
        self._of: tuple[GoldenRun, int, int] | None = None
        self._images: BlockImages | None = None

    def views(self, like: BlockImages) -> NDArray[np.uint8]:
        """Room for an image of each phase, uint8 (phases, bytes), until it is asked for again."""
        return self._views.of(len(like.row_of), like.rows.shape[1])

    def images(
        self, golden: GoldenRun, machine: Machine, block: tuple[int, int], phases: int
    ) -> BlockImages | None:
        """Of block (launch, number): see `block_images`. Memory stands before the launch, and does so
        again.
        """
        if self._of is not None and self._of[0] is golden and self._of[1:] == block:
            return self._images
        planned = golden.plan[block[0]]
        private = planned.spec.owner_of is not None or planned.spec.observed  # a byte stored is one thread's
        found = block_images(
            machine, planned.launch, golden.memory, block[1], phases, self._room, private=private
        )
        if not private or shared_memory_slice(without_tail(machine.program)) is None:
            golden.put_before(block[0])
        self._of, self._images = (golden, *block), found
        return found


def golden_alone(
    golden: GoldenRun,
    machine: Machine,
    blocks: GoldenBlocks,
    block: tuple[int, int],
    thread: int,
    longest: int,
) -> GoldenThreads | None:
    """As `run_golden`, of one thread of block (launch, number); None where that does not tell. A thread whose
    way depends on no data needs no shared memory to go it.
    """
    images = None
    if not has_known_way(machine.program):
        images = blocks.images(golden, machine, block, longest)
        if images is None:
            return None
    return _ran_alone(machine, golden.plan[block[0]].launch, golden.memory, block[1], thread, images, longest)


def golden_on_its_way(
    machine: Machine, launch: Launch, memory: DeviceMemory, block: int, thread: int, longest: int
) -> GoldenThreads | None:
    """As `run_golden`, of one thread whose block need not run for that: it waits, but its way depends on no
    data. None for any other.
    """
    if not (_waits(machine) and has_known_way(machine.program)):
        return None
    return _ran_alone(machine, launch, memory, block, thread, None, longest)


def _ran_alone(
    machine: Machine,
    launch: Launch,
    memory: DeviceMemory,
    block: int,
    thread: int,
    images: BlockImages | None,
    longest: int,
) -> GoldenThreads | None:
    turns = longest if images is None else len(images.row_of)
    lone = LoneBlock(machine, launch, memory, block, thread, images, most_turns=turns)
    lone.keep_trace(thread, longest)
    stop = lone.run(longest)
    lone.undo()
    if stop is not Stop.FINISHED or (images is not None and lone.heard):
        return None
    traces = {thread: lone.trace(thread).copy()}
    return GoldenThreads((thread,), traces, lone.accesses(), lone.turns)
