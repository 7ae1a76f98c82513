"""Shared memory of a block as it is in the golden run, phase by phase."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.alone import BlockImages, LoneBlock
from sassafras.emulator.context import NO_LIMIT, LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import STATE, Status
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.trapped import named
from sassafras.errors import GoldenTrap
from sassafras.native import address_of

MOST_IMAGE_BYTES = 1 << 26  #: of one block; a worker keeps those of one at a time


class ImageRoom:
    """Room for the images of one block, used again and again: fresh pages cost as much as filling them."""

    def __init__(self) -> None:
        self._bytes, self._numbers = np.empty(0, np.uint8), np.empty(0, np.int64)

    def numbers(self, phases: int) -> NDArray[np.int64]:
        """Uninitialised, int64 (phases,)."""
        if len(self._numbers) < phases:
            self._numbers = np.empty(phases, np.int64)
        return self._numbers[:phases]

    def of(self, phases: int, nbytes: int) -> NDArray[np.uint8]:
        """Uninitialised, uint8 (phases, bytes)."""
        if len(self._bytes) < phases * nbytes:
            self._bytes = np.empty(phases * nbytes, np.uint8)
        return self._bytes[: phases * nbytes].reshape(phases, nbytes)


def block_images(
    machine: Machine,
    launch: Launch,
    memory: DeviceMemory,
    block: int,
    phases: int,
    room: ImageRoom,
    *,
    private: bool,
) -> BlockImages | None:
    """Shared memory of a block that runs without a fault, in ``room``. None where that might be more than
    `MOST_IMAGE_BYTES`.

    What it stores in global memory is the caller's to put back. ``phases``: about how many to expect.
    ``private``: no thread loads from global memory what another one stores; then only what matters to shared
    memory is run, if that can be told. Raises GoldenTrap for a block that traps.
    """
    wide = machine.watching_wide(launch) if private else machine.wide_for(launch)
    while True:
        context = LaunchContext(machine.program, launch, memory, NO_LIMIT)
        most = phases + 1  # one more: what is full may have been too small
        rows, row_of = room.of(most, len(context.shared)), room.numbers(most)
        context.keep_images(rows, row_of)
        ran = wide is not None and wide.run_and_undo(context, block) is not None
        if not ran and context.images_left:
            context.keep_images(rows, row_of)
            _run_threads(machine, context, launch, block, private=private)
        if context.images_left:
            return BlockImages(rows, row_of[: most - context.images_left])
        phases *= 2
        if phases * len(context.shared) > MOST_IMAGE_BYTES:
            return None


def _run_threads(
    machine: Machine, context: LaunchContext, launch: Launch, block: int, *, private: bool
) -> None:
    states = np.zeros(launch.threads_per_block, STATE)
    status = machine.watchers[private](context.address, address_of(states), block)
    if status not in (Status.EXITED, Status.LOG_FULL):
        what = named(machine.program, launch)
        raise GoldenTrap(f"{what}: block {block}, run without a fault, ended with status {status}")


def run_with(
    machine: Machine,
    launch: Launch,
    memory: DeviceMemory,
    lone: LoneBlock,
    phases: range,
    limit: int = NO_LIMIT,
) -> tuple[NDArray[np.int64], NDArray[np.uint8]] | None:
    """Run the block of a thread that has run alone, and put memory back: what all threads but that one do
    where it leaves what it has left in ``phases``. Returns the offsets of the bytes that they, and that one
    in its golden run, store in global memory, and what they store; None: not as that one took it to be, or
    one of them traps, or comes near to issuing more than ``limit`` instructions.
    """
    wide = machine.wide_for(launch)
    if wide is None:
        return None
    context = LaunchContext(machine.program, launch, memory, limit)
    lone.hand_on(context, phases)
    return wide.run_and_undo(context, lone.block)


def stored_by(machine: Machine, launch: Launch, memory: DeviceMemory, block: int) -> NDArray[np.int64] | None:
    """Offsets of the bytes that a block stores in global memory without a fault, sorted; memory is put back.
    None: it cannot be told so.
    """
    wide = machine.wide_for(launch)
    ran = wide and wide.run_and_undo(LaunchContext(machine.program, launch, memory, NO_LIMIT), block)
    return ran[0] if ran else None
