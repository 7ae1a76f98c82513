"""Small programs of one block, whose threads have a row of words each, in the plain and the armed build."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from tests.emulator.turing.bench import listing

from sassafras.architectures.registry import architecture, program_of
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import Trap
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.module import Module
from sassafras.isa.program import Parameter

ROW = 16  #: words of a thread
Rows = NDArray[np.uint32]


def ran(
    lines: Sequence[str],
    rows: Rows,
    *,
    armed: bool,
    shared: int = 0,
    constants: bytes = b"",
    module: Module | None = None,
    arch: str = "sm_80",
    tensor_cores: bool = False,
) -> tuple[Rows, Trap | None]:
    """The rows behind a run of these lines by as many threads as there are rows, and what it trapped with.
    R0: the thread; R2, R3: the address of its row. Parameters: that of the rows, and the numbers 101 to 106.
    """
    machine, launch, memory = made(
        lines, rows, shared=shared, constants=constants, module=module, arch=arch, tensor_cores=tensor_cores
    )
    words = memory.array(memory.layout["rows"].address, rows.size, np.uint32).reshape(rows.shape)
    if not armed:
        return words, machine.run(launch, memory, limit=1 << 20).trap
    block = machine.arm(launch, memory, 0)
    block.run(1 << 20)
    return words.copy(), block.trap


def made(
    lines: Sequence[str],
    rows: Rows,
    *,
    shared: int = 0,
    constants: bytes = b"",
    module: Module | None = None,
    arch: str = "sm_80",
    tensor_cores: bool = False,
) -> tuple[Machine, Launch, DeviceMemory]:
    """What `ran` runs, before it does."""
    target = architecture(arch, tensor_cores=tensor_cores)
    base = target.family.known_bank().parameters
    start = ["S2R R0, SR_TID.X", *(f"MOV R{2 + k}, c[0x0][{base + 4 * k:#x}]" for k in range(2))]
    start.append(f"IMAD.WIDE R2, R0, {4 * rows.shape[1]:#x}, R2")
    metadata = KernelMetadata(
        "k", arch, 64, shared, base, (Parameter(0, 0, 8), Parameter(1, 8, 24)), constants, module=module
    )
    program = program_of(listing([*start, *lines]), metadata)
    machine = Machine(replace(program, architecture=target) if tensor_cores else program)
    memory = DeviceMemory(lay_out([("rows", rows.nbytes)], target.allocation_rules()))
    start_of_rows = memory.layout["rows"].address
    words = memory.array(start_of_rows, rows.size, np.uint32).reshape(rows.shape)
    words[:] = rows
    area = struct.pack("<Q6I", start_of_rows, *range(101, 107))
    return machine, Launch((1, 1, 1), (len(rows), 1, 1), area), memory


def drawn(threads: int, key: int, words: int = ROW) -> Rows:
    """Random rows."""
    dice = np.random.Generator(np.random.Philox(key))
    return dice.integers(0, 1 << 32, (threads, words), dtype=np.uint32)
