"""What the emulated device does when it cannot go on. A trap is a result (a DUE), never an error of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class TrapKind(IntEnum):
    """Why the device stopped (values are the status codes of the compiled code). CUDA error numbers in
    brackets.
    """

    MISALIGNED_ADDRESS = 16  #: address not a multiple of the access size (716)
    ILLEGAL_ADDRESS = 17  #: global address outside every mapped page (700)
    SHARED_OUT_OF_RANGE = 18  #: shared or local address beyond the block's allocation (CUDA_EXCEPTION_5)
    ILLEGAL_INSTRUCTION = 19  #: a register beyond the allocated ones (715)
    INVALID_PC = 20  #: jump to what is not an instruction, or running off the end (718)
    STACK_ERROR = 21  #: call/sync stack underflow, overflow or wrong kind of entry (714)
    CONSTANT_OUT_OF_RANGE = 22  #: constant-bank address beyond the bank
    HANG = 23  #: more dynamic instructions than the watchdog allows, or a barrier that is never released
    ASSERTION = 24  #: a failed assert of the kernel's own (710)
    TRAP = 25  #: __trap() or a breakpoint (719)
    UNCORRECTABLE_ECC = 26  #: wrong bits in memory that ECC sees and cannot correct (214)


@dataclass(frozen=True)
class Trap:
    """A trap, with the thread (linear block index, linear thread index in the block) and the instruction's
    byte offset.
    """

    kind: TrapKind
    block: int
    thread: int
    offset: int
