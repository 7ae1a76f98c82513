"""What is said of a launch without a fault that stopped."""

from __future__ import annotations

from sassafras.emulator.launch import Launch
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.emulator.windows import local_bytes
from sassafras.isa.program import Program


def named(program: Program, launch: Launch) -> str:
    """A launch, in words."""
    return f"{program.name}, launch of grid {launch.grid} and block {launch.block}"


def trapped(program: Program, launch: Launch, trap: Trap) -> str:
    """Where it stopped, why, and the way out."""
    index = program.index_of_offset[trap.offset]
    kind = trap.kind.name
    if trap.kind is TrapKind.SHARED_OUT_OF_RANGE:
        own, added = program.shared_bytes, launch.shared_bytes
        kind += f" (shared memory: {own} bytes of the kernel's own and {added} of the launch)"
        if local := local_bytes(program):
            kind += f" (local memory: {local} bytes of each thread)"
    if trap.kind is TrapKind.ASSERTION:
        kind += " (an assert of the kernel's own failed)"
    return (
        f"{named(program, launch)}: without a fault, thread {trap.thread} of block {trap.block} stopped at "
        f'{trap.offset:#06x}, "{program.instructions[index].text}": {kind}; give the '
        "kernel arguments and memory with which it runs through"
    )
