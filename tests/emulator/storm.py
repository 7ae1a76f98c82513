"""A storm of random faults on every kernel, run as a process of its own: ``python -m
tests.emulator.storm COUNT SEED``; with ``warps``, on kernels whose lanes speak to each other; with the name
of an architecture, on its machine code.

Whatever is struck, the thread must finish or trap within the watchdog, undo must restore memory, and this
process must live. Prints the endings as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from tests.emulator import launches, warp_kernels

from sassafras.architectures.registry import DEFAULT, architectures
from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.machine import machine_of as machine_of_program
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.profile import LaunchProfile
from sassafras.isa.operands import RZ, Address, Register

WATCHDOG = 10
CHECK_EVERY = 350
Draw = np.random.Generator
ARCH = next((name for name in sys.argv[3:] if name in architectures()), DEFAULT)
STRUCK_WARPS = ("compact", "divergent", "last_warp", "producer", "counted", "aggregated")


@dataclass(frozen=True)
class Target:
    """A kernel's launch with its memory before it and the profile of its golden run."""

    launch: Launch
    memory: DeviceMemory
    before: NDArray[np.uint8]
    profile: LaunchProfile


def machine_of(kernel: str) -> Machine:
    """Of a bundled kernel, or one of warps."""
    if kernel in warp_kernels.CASES:
        return machine_of_program(warp_kernels.program(kernel))
    return launches.machine_of(kernel, ARCH)


def fresh(kernel: str) -> tuple[Launch, DeviceMemory]:
    """The launch and its memory before it."""
    case = warp_kernels.CASES.get(kernel)
    return launches.fresh(kernel) if case is None else case.build()


@cache
def target(kernel: str) -> Target:
    """The launch of a kernel, ready to be struck."""
    launch, counted = fresh(kernel)
    profile = machine_of(kernel).profile(launch, counted)
    _, memory = fresh(kernel)
    return Target(launch, memory, memory.data.copy(), profile)


def _word(draw: Draw) -> int:
    return int(draw.integers(0, 1 << 32))


def flip_register(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """One bit of one register."""
    registers = armed.registers(thread)
    registers[draw.integers(len(registers))] ^= np.uint32(1 << int(draw.integers(32)))


def fill_register(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """A random word in one register."""
    registers = armed.registers(thread)
    registers[draw.integers(len(registers))] = _word(draw)


def fill_all_registers(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """Random words in all registers."""
    registers = armed.registers(thread)
    registers[:] = draw.integers(0, 1 << 32, len(registers), np.uint32)


def flip_predicate(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """One predicate and one condition code."""
    armed.predicates(thread)[draw.integers(7)] ^= 1
    armed.condition_codes(thread)[draw.integers(4)] ^= 1


def wild_address(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """A random address (often a near one) or jump target for the coming instruction; a random register where
    it has none.
    """
    instruction = armed.machine.program.instructions[armed.pc(thread)]
    bases = [o.register for o in instruction.operands if isinstance(o, Address) and o.register is not None]
    if instruction.opcode in ("BRX", "RET"):
        bases = [o.index for o in instruction.operands if isinstance(o, Register)]
    if not bases or bases[0] == RZ:
        fill_register(armed, thread, draw)
        return
    registers = armed.registers(thread)
    near = draw.integers(2)
    registers[bases[0]] ^= np.uint32(1 << int(draw.integers(32))) if near else np.uint32(_word(draw))
    if not near and bases[0] + 1 < len(registers):
        registers[bases[0] + 1] = _word(draw)


def wrong_destination(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """The result of the coming instruction goes to another register."""
    instruction = armed.machine.program.instructions[armed.pc(thread)]
    registers = armed.registers(thread)
    before = registers.copy()
    if armed.step(thread) is Stop.TRAPPED:
        return
    for register in instruction.effects.registers_written:
        result = registers[register]
        registers[register] = before[register]
        registers[draw.integers(len(registers))] = result


def wild_pc(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """The thread goes on at any instruction."""
    armed._states["pc"][armed._position[thread]] = draw.integers(len(armed.machine.program.instructions))


def flip_uniform(armed: ArmedBlock, thread: int, draw: Draw) -> None:
    """One bit of a register of the warp, as this thread has it, and one predicate."""
    state = armed._states[armed._position[thread]]
    state["uniform"][draw.integers(63)] ^= np.uint32(1 << int(draw.integers(32)))
    state["uniform_predicates"][draw.integers(7)] ^= 1


FAULTS = (
    flip_register,
    fill_register,
    fill_all_registers,
    flip_predicate,
    wild_address,
    wrong_destination,
    wild_pc,
    *([] if ARCH == DEFAULT else [flip_uniform]),
)


def strike(kernel: str, draw: Draw) -> str:
    """One fault at a random dynamic instruction of a random thread; returns how it ended."""
    struck = target(kernel)
    compiled = machine_of(kernel)
    site = int(draw.integers(struck.launch.threads))
    block, thread = divmod(site, struck.launch.threads_per_block)
    total = int(struck.profile.issued[struck.profile.thread_class[site]].sum())
    armed = compiled.arm(struck.launch, struck.memory, block, None if compiled.barrier else [thread])
    assert armed.run_until(thread, int(draw.integers(total))) is Stop.REACHED
    FAULTS[draw.integers(len(FAULTS))](armed, thread, draw)
    limit = WATCHDOG * struck.profile.longest
    stop = armed.run(limit)
    assert all(armed.issued(t) <= limit for t in armed._position)
    armed.undo()
    if stop is Stop.FINISHED:
        assert armed.trap is None and all(armed.ended(t) for t in armed._position)
        return "FINISHED"
    assert stop is Stop.TRAPPED and armed.trap is not None and armed.trap.block == block
    return armed.trap.kind.name


def storm(count: int, seed: int, kernels: Sequence[str]) -> Counter[str]:
    """``count`` faults, the kernels in turn; fault k depends on (seed, k) only."""
    endings: Counter[str] = Counter()
    for k in range(count):
        kernel = kernels[k % len(kernels)]
        endings[strike(kernel, np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, k])))] += 1
        if k % CHECK_EVERY < len(kernels):
            np.testing.assert_array_equal(target(kernel).memory.data, target(kernel).before)
    for kernel in kernels:
        np.testing.assert_array_equal(target(kernel).memory.data, target(kernel).before)
    return endings


if __name__ == "__main__":
    chosen = list(STRUCK_WARPS if "warps" in sys.argv[3:] else launches.NAMES)
    sys.stdout.write(json.dumps(storm(int(sys.argv[1]), int(sys.argv[2]), chosen)))
