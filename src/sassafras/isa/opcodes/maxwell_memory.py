"""Memory, synchronisation and control opcodes of Maxwell and Pascal.

Global accesses need ``.E`` (64-bit addresses): the 32-bit form is never compiled for 64-bit code and is
refused.
"""

from __future__ import annotations

from typing import Any

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Flow, Memory, Pipe, Space, StackKind
from sassafras.isa.opcodes.fields import Field
from sassafras.isa.opcodes.modifiers import (
    BARRIER_WAIT,
    BREAKPOINT,
    CALL_HINT,
    DEPENDENCY_HINT,
    FENCE_HINT,
    FENCE_SCOPE,
    LOAD_CACHE,
    LONG_ADDRESS,
    REDUCED_TYPE,
    REDUCTION,
    REDUCTION_HINTS,
    SIZE,
    STORE_CACHE,
    UNIFORM,
    registers_of_access,
)
from sassafras.isa.opcodes.record import Opcode, opcode

SPECIAL_REGISTERS = (
    "SR_TID.X",
    "SR_TID.Y",
    "SR_TID.Z",
    "SR_CTAID.X",
    "SR_CTAID.Y",
    "SR_CTAID.Z",
    "SR_LANEID",
    "SRZ",
)

#: What another run, or another machine, would find different.
CLOCKS = ("SR_CLOCKLO", "SR_CLOCKHI", "SR_GLOBALTIMERLO", "SR_GLOBALTIMERHI")
PLACES = ("SR_VIRTID", "SR_VIRTCFG", "SR_SMEMSZ")  #: of a thread on the device, and what the device has


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
    opcode("S2R", "dx", pipe=Pipe.QUARTER, special_registers=SPECIAL_REGISTERS + CLOCKS + PLACES),
    opcode("CS2R", "dx", pipe=Pipe.QUARTER, special_registers=CLOCKS),
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

SYNCHRONISATION = (
    opcode("BAR", "i", pipe=Pipe.BARRIER, flow=Flow.BARRIER, fields=(BARRIER_WAIT,)),
    opcode("MEMBAR", "", pipe=Pipe.ISSUE, fields=(FENCE_SCOPE, FENCE_HINT)),
    opcode("DEPBAR", "n", "ni", "nin", pipe=Pipe.ISSUE, fields=(DEPENDENCY_HINT,)),
    opcode("NOP", "", pipe=Pipe.ISSUE),
)

CONTROL = (
    opcode("BRA", "t", "pt", "ct", pipe=Pipe.ISSUE, flow=Flow.JUMP, fields=(UNIFORM,)),
    opcode("BRX", "ri", pipe=Pipe.ISSUE, flow=Flow.COMPUTED_JUMP),
    opcode("JMX", "r", pipe=Pipe.ISSUE, flow=Flow.STOP),
    opcode("BPT", "i", pipe=Pipe.ISSUE, flow=Flow.STOP, fields=(BREAKPOINT,)),
    opcode("SSY", "t", pipe=Pipe.ISSUE, flow=Flow.PUSH, stack=StackKind.SSY),
    opcode("SYNC", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.POP, stack=StackKind.SSY),
    opcode("PRET", "t", pipe=Pipe.ISSUE, flow=Flow.PUSH, stack=StackKind.CAL),
    opcode("PBK", "t", pipe=Pipe.ISSUE, flow=Flow.PUSH, stack=StackKind.PBK),
    opcode("BRK", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.POP, stack=StackKind.PBK),
    opcode("CAL", "t", pipe=Pipe.ISSUE, flow=Flow.CALL, stack=StackKind.CAL, fields=(CALL_HINT,)),
    opcode("RET", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.RETURN, stack=StackKind.CAL),
    opcode("EXIT", "", "p", "c", pipe=Pipe.ISSUE, flow=Flow.EXIT),
)

MEMORY_OPCODES: tuple[Opcode, ...] = LOADS + STORES + SYNCHRONISATION + CONTROL
