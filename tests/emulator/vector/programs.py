"""Small programs for wide builds: each stores R4 of every thread; what they read is in a buffer of words."""

from __future__ import annotations

import struct

import numpy as np
from tests.emulator.bench import program

from sassafras.emulator.launch import Dim, Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.program import Program

WORDS = 4096  #: of the buffer that programs read
START = (
    "S2R R0, SR_TID.X",
    "S2R R1, SR_CTAID.X",
    "XMAD R8, R1, c[0x0][0x8], R0",  # R8: number of the thread in the launch, in one dimension
    "ISCADD R2.CC, R8, c[0x0][0x140], 0x2",
    "IADD.X R3, RZ, c[0x0][0x144]",  # R2, R3: where it stores
    "MOV R10, c[0x0][0x148]",
    "MOV R11, c[0x0][0x14c]",  # R10, R11: the buffer
    "MOV R4, RZ",
    "LOP32I.AND R9, R0, 0x1f",  # R9: its lane
)
STORE = ("STG.E [R2], R4", "EXIT")


def storing(*lines: str, shared: int = 0, constants: bytes = b"") -> Program:
    """A program with these lines in the middle."""
    return program(*START, *lines, *STORE, parameters=16, shared=shared, constants=constants)


def launched(threads: int, blocks: int = 1, block: Dim | None = None) -> tuple[Launch, DeviceMemory]:
    """A launch of such a program, and its memory: the buffer holds what its words are called."""
    memory = DeviceMemory(lay_out([("out", 4 * max(threads * blocks, 1)), ("buffer", 4 * WORDS)]))
    out, buffer = (memory.layout[name].address for name in ("out", "buffer"))
    memory.array(buffer, WORDS, np.uint32)[:] = (np.arange(WORDS) * 2654435761) & 0xFFFFFFFF
    return Launch((blocks, 1, 1), block or (threads, 1, 1), struct.pack("<QQ", out, buffer)), memory
