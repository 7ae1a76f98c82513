"""Memory, synchronisation and control opcodes of Maxwell and Pascal.

Global accesses need ``.E`` (64-bit addresses): the 32-bit form is never compiled for 64-bit code and is
refused.
"""

from __future__ import annotations

from typing import Any

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Flow, Memory, Pipe, Space, StackKind
from sassafras.isa.opcodes.fields import Field, Fields
from sassafras.isa.opcodes.modifiers import (
    BARRIER_REDUCTION,
    BARRIER_RESULT,
    BARRIER_WAIT,
    CALL_HINT,
    DEPENDENCY_HINT,
    FENCE_HINT,
    FENCE_SCOPE,
    LOAD_CACHE,
    LONG_ADDRESS,
    REDUCED_TYPE,
    REDUCTION,
    REDUCTION_HINTS,
    SHUFFLE,
    SIZE,
    STORE_CACHE,
    UNIFORM,
    VOTE,
    BarrierWait,
    registers_of_access,
)
from sassafras.isa.opcodes.record import Opcode, always, opcode
from sassafras.isa.operands import Immediate, Operand

SPECIAL_REGISTERS = (
    "SR_TID.X",
    "SR_TID.Y",
    "SR_TID.Z",
    "SR_CTAID.X",
    "SR_CTAID.Y",
    "SR_CTAID.Z",
    "SR_LANEID",
    "SR_EQMASK",
    "SR_LTMASK",
    "SR_LEMASK",
    "SR_GTMASK",
    "SR_GEMASK",
    "SR_VIRTID",
    "SRZ",
)


def _load(name: str, signature: str, space: Space, **facts: object) -> Opcode:
    memory = Memory(space, Action.LOAD)
    return opcode(name, signature, pipe=Pipe.MEMORY, memory=memory, result_width=registers_of_access, **facts)


def _store(name: str, space: Space, *fields: Field[Any]) -> Opcode:
    memory = Memory(space, Action.STORE)
    return opcode(
        name, "ar", pipe=Pipe.MEMORY, memory=memory, source_width=registers_of_access, fields=fields
    )


LOADS = (
    _load("LDG", "da", Space.GLOBAL, fields=(LONG_ADDRESS, LOAD_CACHE, SIZE), group=Group.LD),
    _load("LDL", "da", Space.LOCAL, fields=(LOAD_CACHE, SIZE), group=Group.LD),
    _load("LDS", "da", Space.SHARED, fields=(UNIFORM, SIZE), group=Group.LDS),
    _load("LDC", "dk", Space.CONSTANT, fields=(SIZE,)),
    opcode("S2R", "dx", pipe=Pipe.QUARTER, special_registers=SPECIAL_REGISTERS),
)

STORES = (
    _store("STG", Space.GLOBAL, LONG_ADDRESS, STORE_CACHE, SIZE),
    _store("STL", Space.LOCAL, STORE_CACHE, SIZE),
    _store("STS", Space.SHARED, SIZE),
    opcode(
        "RED",
        "ar",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.GLOBAL, Action.REDUCE),
        fields=(LONG_ADDRESS, REDUCTION, REDUCED_TYPE, *REDUCTION_HINTS),
    ),
)


def _is_no_plain_barrier(fields: Fields, operands: tuple[Operand, ...]) -> bool:
    """Anything but BAR.SYNC 0x0, where every thread waits for all others by itself."""
    return fields[BARRIER_WAIT] is not BarrierWait.WAIT or operands != (Immediate(0),)


SYNCHRONISATION = (
    opcode(
        "BAR",
        *("i", "r", "ii", "ir", "ri", "rr"),
        *("ip", "rp", "iip", "irp", "rip", "rrp"),
        pipe=Pipe.BARRIER,
        flow=Flow.BARRIER,
        fields=(BARRIER_WAIT, BARRIER_REDUCTION),
        cross_lane=_is_no_plain_barrier,
    ),
    opcode("B2R", "d", "dD", pipe=Pipe.QUARTER, fields=(BARRIER_RESULT,), cross_lane=always),
    opcode(
        "SHFL", *("Ddrrr", "Ddrri", "Ddrir", "Ddrii"), pipe=Pipe.MEMORY, fields=(SHUFFLE,), cross_lane=always
    ),
    opcode("VOTE", "Dp", "dDp", pipe=Pipe.HALF, fields=(VOTE,), cross_lane=always),
    opcode("MEMBAR", "", pipe=Pipe.ISSUE, fields=(FENCE_SCOPE, FENCE_HINT)),
    opcode("DEPBAR", "n", "ni", "nin", pipe=Pipe.ISSUE, fields=(DEPENDENCY_HINT,)),
    opcode("NOP", "", pipe=Pipe.ISSUE),
)

CONTROL = (
    opcode("BRA", "t", "pt", "ct", pipe=Pipe.ISSUE, flow=Flow.JUMP, fields=(UNIFORM,)),
    opcode("BRX", "ri", pipe=Pipe.ISSUE, flow=Flow.COMPUTED_JUMP),
    opcode("SSY", "t", pipe=Pipe.ISSUE, flow=Flow.PUSH, stack=StackKind.SSY),
    opcode("SYNC", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.POP, stack=StackKind.SSY),
    opcode("PBK", "t", pipe=Pipe.ISSUE, flow=Flow.PUSH, stack=StackKind.PBK),
    opcode("BRK", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.POP, stack=StackKind.PBK),
    opcode("CAL", "t", pipe=Pipe.ISSUE, flow=Flow.CALL, stack=StackKind.CAL, fields=(CALL_HINT,)),
    opcode("RET", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.RETURN, stack=StackKind.CAL),
    opcode("EXIT", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.EXIT),
)

MEMORY_OPCODES: tuple[Opcode, ...] = LOADS + STORES + SYNCHRONISATION + CONTROL
