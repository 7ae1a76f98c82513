"""Where local and generic addresses lead.

A generic address (64 bits) whose upper 40 bits are those of the shared or the local window means that space
at its low 24 bits, any other one global memory. Where the windows lie is modelled: drivers put them into low
memory, aligned to their size, and code reads the places from constant bank 0.

Local memory is a thread's own. It lies at the end of its window, as on hardware (the manual of cuda-gdb shows
a stack pointer of 0xfffc7c): a thread begins with a stack pointer at the end and has ``local_bytes`` below
it, what the kernel needs and at least the stack that CUDA gives every thread. On hardware those bytes are in
device memory, at addresses that no other access can reach; here they are in no allocation.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import I64
from sassafras.isa.kinds import Space
from sassafras.isa.program import Program, of_program

WINDOW_BITS = 24
WINDOW_BYTES = 1 << WINDOW_BITS
WINDOWS = {Space.SHARED: 0x1000000, Space.LOCAL: 0x3000000}  #: generic address of what begins at address 0
STACK_BYTES = 1024  #: cudaLimitStackSize, unless a program changes it
_UNIT = 16


@of_program
def local_bytes(program: Program) -> int:
    """Bytes of local memory of each thread; 0 for a program that never touches local memory."""
    spaces = {i.access.space for i in program.instructions if i.access is not None}
    if not spaces & {Space.LOCAL, Space.GENERIC}:
        return 0
    return max(STACK_BYTES, -(-program.stack_bytes // _UNIT) * _UNIT)


def local_start(program: Program) -> int:
    """The lowest address of local memory."""
    return WINDOW_BYTES - local_bytes(program)


def first_stack_pointer(program: Program) -> int:
    """What a launch says of the stack: the end of local memory; 0 where there is none."""
    return WINDOW_BYTES if local_bytes(program) else 0


def generic_space(address: int) -> Space:
    """The space that a generic address means."""
    for space, window in WINDOWS.items():
        if address >> WINDOW_BITS == window >> WINDOW_BITS:
            return space
    return Space.GLOBAL


def in_window(b: ir.IRBuilder, address: ir.Value, space: Space) -> ir.Value:
    """Whether a generic address (i64) lies in the window of a space (i1)."""
    return b.icmp_unsigned("==", b.lshr(address, I64(WINDOW_BITS)), I64(WINDOWS[space] >> WINDOW_BITS))
