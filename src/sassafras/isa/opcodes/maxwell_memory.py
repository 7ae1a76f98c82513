"""Memory, synchronisation and control opcodes of Maxwell and Pascal.

Global accesses need ``.E`` (64-bit addresses): the 32-bit form is never compiled for 64-bit code and is
refused.
"""

from __future__ import annotations

from typing import Any

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Flow, Memory, Pipe, Space, StackKind
from sassafras.isa.opcodes.fidelity import EXACT, Always, Fidelity, border, modelled
from sassafras.isa.opcodes.fields import Field, Fields
from sassafras.isa.opcodes.modifiers import (
    BREAKPOINT,
    CACHE_ACTION,
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
    bytes_of_reduction,
    registers_of_access,
    registers_of_reduction,
)
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BARRIER_REDUCTION,
    BARRIER_RESULT,
    BARRIER_WAIT,
    SHUFFLE,
    VOTE,
    BarrierWait,
)
from sassafras.isa.opcodes.record import Opcode, always, opcode
from sassafras.isa.operands import Immediate, Operand, SpecialRegister

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

#: What another run, or another machine, would find different.
CLOCKS = ("SR_CLOCKLO", "SR_CLOCKHI", "SR_GLOBALTIMERLO", "SR_GLOBALTIMERHI")
PLACES = ("SR_VIRTID", "SR_VIRTCFG", "SR_SMEMSZ")  #: of a thread on the device, and what the device has


def special_register(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """Clocks count issued instructions, and there is one multiprocessor."""
    names = {operand.name for operand in operands if isinstance(operand, SpecialRegister)}
    if names & set(CLOCKS):
        return modelled("no bound: instructions that the thread has issued, no time", "no public source")
    if names & set(PLACES):
        return modelled("no bound: a device of one multiprocessor, warps in order", "no public source")
    return EXACT


UNHEARD = Always(border("words from lanes that are not there: CUDA calls them undefined"))
ALL_ONES = Always(border("a true result as a word: all ones"))


def _load(name: str, signature: str, space: Space, **facts: object) -> Opcode:
    memory = Memory(space, Action.LOAD)
    return opcode(name, signature, pipe=Pipe.MEMORY, memory=memory, result_width=registers_of_access, **facts)


def _store(name: str, signature: str, space: Space, *fields: Field[Any]) -> Opcode:
    memory = Memory(space, Action.STORE)
    return opcode(
        name, signature, pipe=Pipe.MEMORY, memory=memory, source_width=registers_of_access, fields=fields
    )


def _atomic(name: str, *signatures: str, space: Space, fields: tuple[Field[Any], ...]) -> Opcode:
    """Of two values that it takes the first is compared with what is there, the second is to replace it."""
    return opcode(
        name,
        *signatures,
        pipe=Pipe.MEMORY,
        memory=Memory(space, Action.REDUCE),
        access_bytes=bytes_of_reduction,
        result_width=registers_of_reduction,
        source_width=registers_of_reduction,
        fields=fields,
    )


LOADS = (
    _load("LD", "dah", Space.GENERIC, fields=(LONG_ADDRESS, UNIFORM, LOAD_CACHE, SIZE), group=Group.LD),
    _load("LDG", "da", Space.GLOBAL, fields=(LONG_ADDRESS, UNIFORM, LOAD_CACHE, SIZE), group=Group.LD),
    _load("LDL", "da", Space.LOCAL, fields=(LOAD_CACHE, SIZE), group=Group.LD),
    _load("LDS", "da", Space.SHARED, fields=(UNIFORM, SIZE), group=Group.LDS),
    _load("LDC", "dk", Space.CONSTANT, fields=(SIZE,)),
    opcode(
        "S2R",
        "dx",
        pipe=Pipe.QUARTER,
        special_registers=SPECIAL_REGISTERS + CLOCKS + PLACES,
        fidelity=special_register,
    ),
    opcode("CS2R", "dx", pipe=Pipe.QUARTER, special_registers=CLOCKS, fidelity=special_register),
)

STORES = (
    _store("ST", "arh", Space.GENERIC, LONG_ADDRESS, STORE_CACHE, SIZE),
    _store("STG", "ar", Space.GLOBAL, LONG_ADDRESS, STORE_CACHE, SIZE),
    _store("STL", "ar", Space.LOCAL, STORE_CACHE, SIZE),
    _store("STS", "ar", Space.SHARED, SIZE),
)

_COMBINING = REDUCTION.of(*(word for word in REDUCTION.alternatives if word not in ("EXCH", "CAS")))
_NUMBERS = REDUCED_TYPE.of("U32", "S32", "U64", "S64", "F32", default=REDUCED_TYPE.default)
_WITHOUT_FLOATS = REDUCED_TYPE.of("U32", "S32", "U64", "64", default=REDUCED_TYPE.default)

ATOMICS = (
    _atomic("RED", "ar", space=Space.GLOBAL, fields=(LONG_ADDRESS, _COMBINING, _NUMBERS, *REDUCTION_HINTS)),
    _atomic(
        "ATOM",
        "dar",
        "darr",
        space=Space.GLOBAL,
        fields=(LONG_ADDRESS, REDUCTION, REDUCED_TYPE, *REDUCTION_HINTS),
    ),
    _atomic("ATOMS", "dar", "darr", space=Space.SHARED, fields=(REDUCTION, _WITHOUT_FLOATS)),
)


#: The number of a barrier, the threads that it expects, a predicate that is brought.
BARRIER_OPERANDS = (
    *("i", "r", "ii", "ir", "ri", "rr"),
    *("ip", "rp", "iip", "irp", "rip", "rrp"),
)


def is_no_plain_barrier(fields: Fields, operands: tuple[Operand, ...]) -> bool:
    """Anything but BAR.SYNC 0x0, where every thread waits for all others by itself."""
    return fields[BARRIER_WAIT] is not BarrierWait.WAIT or operands != (Immediate(0),)


SYNCHRONISATION = (
    opcode(
        "BAR",
        *BARRIER_OPERANDS,
        pipe=Pipe.BARRIER,
        flow=Flow.BARRIER,
        fields=(BARRIER_WAIT, BARRIER_REDUCTION),
        cross_lane=is_no_plain_barrier,
    ),
    opcode(
        "B2R", "d", "dD", pipe=Pipe.QUARTER, fields=(BARRIER_RESULT,), cross_lane=always, fidelity=ALL_ONES
    ),
    opcode(
        "SHFL",
        *("Ddrrr", "Ddrri", "Ddrir", "Ddrii"),
        pipe=Pipe.MEMORY,
        fields=(SHUFFLE,),
        cross_lane=always,
        fidelity=UNHEARD,
    ),
    opcode("VOTE", "Dp", "dDp", pipe=Pipe.HALF, fields=(VOTE,), cross_lane=always),
    opcode("MEMBAR", "", pipe=Pipe.ISSUE, fields=(FENCE_SCOPE, FENCE_HINT)),
    opcode("DEPBAR", "n", "ni", "nin", pipe=Pipe.ISSUE, fields=(DEPENDENCY_HINT,)),
    opcode("CCTL", "a", pipe=Pipe.ISSUE, fields=(LONG_ADDRESS.of(default=False), CACHE_ACTION)),
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

MEMORY_OPCODES: tuple[Opcode, ...] = LOADS + STORES + ATOMICS + SYNCHRONISATION + CONTROL
