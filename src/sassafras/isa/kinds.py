"""What an opcode may be: where it leads, what memory it touches, which pipe runs it. Records are made of
these.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class StackKind(IntEnum):
    """What pushed an entry of a thread's call/sync stack."""

    SSY = 1
    PBK = 2
    CAL = 3


class Flow(Enum):
    """Where an instruction leads."""

    NEXT = "to the next instruction"
    JUMP = "to its target"
    COMPUTED_JUMP = "to an address in a register"
    PUSH = "to the next instruction, with an address pushed"
    POP = "to an address popped"
    CALL = "to its target, with the address behind it pushed"
    RETURN = "to the address behind the call"
    STOP = "nowhere: the grid ends with an error"
    EXIT = "nowhere: the thread ends"
    BARRIER = "to the next instruction, when all threads of the block have come"

    @property
    def leaves(self) -> bool:
        """Whether something other than the next instruction may follow."""
        return self not in (Flow.NEXT, Flow.PUSH, Flow.BARRIER)

    @property
    def ends_block(self) -> bool:
        """Whether a basic block ends with it: the thread may go elsewhere, or stop here for a while."""
        return self.leaves or self is Flow.BARRIER


class Convergence(Enum):
    """What an instruction does about lanes that part and meet again (from Volta on)."""

    PART = "note at a barrier which lanes go on from here"
    MEET = "wait at a barrier for the others"
    LEAVE = "wait there no more"


class Pipe(Enum):
    """Classes of instructions that share a throughput. From Turing on ``FULL`` is the pipe of float and
    integer multiply-adds, ``HALF`` the other one, of integer addition, logic, shifts, selections and
    comparisons.
    """

    FULL = "full rate"
    HALF = "half rate"
    QUARTER = "quarter rate"
    DOUBLE = "double precision"
    MEMORY = "load and store"
    BARRIER = "barrier"
    ISSUE = "issue only"


class Space(Enum):
    """What an address points into."""

    GLOBAL = "global"
    SHARED = "shared"
    LOCAL = "local"
    CONSTANT = "constant"
    GENERIC = "generic"  #: global, shared or local, as the address says (`emulator.windows`)

    @property
    def address_bits(self) -> int:
        """Bits of an address: global and generic ones (``.E``) take two registers."""
        return 64 if self in (Space.GLOBAL, Space.GENERIC) else 32

    @property
    def pointed_at(self) -> tuple[Space, ...]:
        """What an address may mean: itself, or any memory that threads store to."""
        return (Space.GLOBAL, Space.SHARED, Space.LOCAL) if self is Space.GENERIC else (self,)


class Action(Enum):
    """What is done with the bytes at an address."""

    LOAD = "load"
    STORE = "store"
    REDUCE = "reduce"  #: combine an operand with what is there

    @property
    def stores(self) -> bool:
        """Whether memory changes."""
        return self is not Action.LOAD


@dataclass(frozen=True)
class Memory:
    """What an opcode does with memory."""

    space: Space
    action: Action


@dataclass(frozen=True)
class Access:
    """What one instruction does with memory: ``nbytes`` bytes at one address."""

    space: Space
    action: Action
    nbytes: int
