"""Memory, synchronisation and control opcodes of Maxwell and Pascal (sm_50 to sm_62).

Global accesses need ``.E`` (64-bit addresses): the 32-bit form is never compiled for 64-bit code and is
refused.
"""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Flow, Memory, Pipe, Space, StackKind
from sassafras.isa.opcodes.modifiers import (
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

LOADS = (
    opcode(
        "LDG",
        "da",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.GLOBAL, Action.LOAD),
        fields=(LONG_ADDRESS, LOAD_CACHE, SIZE),
        group=Group.LD,
        result_width=registers_of_access,
    ),
    opcode(
        "LDL",
        "da",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.LOCAL, Action.LOAD),
        fields=(LOAD_CACHE, SIZE),
        group=Group.LD,
        result_width=registers_of_access,
    ),
    opcode(
        "LDS",
        "da",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.SHARED, Action.LOAD),
        fields=(UNIFORM, SIZE),
        group=Group.LDS,
        result_width=registers_of_access,
    ),
    opcode(
        "LDC",
        "dk",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.CONSTANT, Action.LOAD),
        fields=(SIZE,),
        result_width=registers_of_access,
    ),
    opcode("S2R", "dx", pipe=Pipe.QUARTER, special_registers=SPECIAL_REGISTERS),
)

STORES = (
    opcode(
        "STG",
        "ar",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.GLOBAL, Action.STORE),
        fields=(LONG_ADDRESS, STORE_CACHE, SIZE),
        source_width=registers_of_access,
    ),
    opcode(
        "STL",
        "ar",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.LOCAL, Action.STORE),
        fields=(STORE_CACHE, SIZE),
        source_width=registers_of_access,
    ),
    opcode(
        "STS",
        "ar",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.SHARED, Action.STORE),
        fields=(SIZE,),
        source_width=registers_of_access,
    ),
    opcode(
        "RED",
        "ar",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.GLOBAL, Action.REDUCE),
        fields=(
            LONG_ADDRESS,
            REDUCTION,
            REDUCED_TYPE,
            *REDUCTION_HINTS,
        ),
    ),
)

SYNCHRONISATION = (
    opcode("BAR", "i", pipe=Pipe.BARRIER, flow=Flow.BARRIER, fields=(BARRIER_WAIT,)),
    opcode("MEMBAR", "", pipe=Pipe.ISSUE, fields=(FENCE_SCOPE, FENCE_HINT)),
    opcode("DEPBAR", "n", "ni", "nin", pipe=Pipe.ISSUE, fields=(DEPENDENCY_HINT,)),
    opcode(
        "NOP",
        "",
        pipe=Pipe.ISSUE,
    ),
)

CONTROL = (
    opcode("BRA", "t", "pt", "ct", pipe=Pipe.ISSUE, flow=Flow.JUMP, fields=(UNIFORM,)),
    opcode(
        "BRX",
        "ri",
        pipe=Pipe.ISSUE,
        flow=Flow.COMPUTED_JUMP,
    ),
    opcode(
        "SSY",
        "t",
        pipe=Pipe.ISSUE,
        flow=Flow.PUSH,
        stack=StackKind.SSY,
    ),
    opcode(
        "SYNC",
        "",
        "p",
        "c",
        pipe=Pipe.ISSUE,
        flow=Flow.POP,
        stack=StackKind.SSY,
    ),
    opcode(
        "PBK",
        "t",
        pipe=Pipe.ISSUE,
        flow=Flow.PUSH,
        stack=StackKind.PBK,
    ),
    opcode(
        "BRK",
        "",
        "p",
        "c",
        pipe=Pipe.ISSUE,
        flow=Flow.POP,
        stack=StackKind.PBK,
    ),
    opcode("CAL", "t", pipe=Pipe.ISSUE, flow=Flow.CALL, stack=StackKind.CAL, fields=(CALL_HINT,)),
    opcode(
        "RET",
        "",
        "p",
        "c",
        pipe=Pipe.ISSUE,
        flow=Flow.RETURN,
        stack=StackKind.CAL,
    ),
    opcode(
        "EXIT",
        "",
        "p",
        "c",
        pipe=Pipe.ISSUE,
        flow=Flow.EXIT,
    ),
)

MEMORY_OPCODES: tuple[Opcode, ...] = LOADS + STORES + SYNCHRONISATION + CONTROL
