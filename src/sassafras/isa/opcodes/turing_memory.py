"""Memory, synchronisation and control opcodes of Turing and its successors."""

from __future__ import annotations

from typing import Any

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Convergence, Flow, Memory, Pipe, Space
from sassafras.isa.opcodes.fields import Field, Fields
from sassafras.isa.opcodes.maxwell_memory import (
    CLOCKS,
    PLACES,
    SPECIAL_REGISTERS,
    UNHEARD,
    is_no_plain_barrier,
    special_register,
)
from sassafras.isa.opcodes.modifiers import (
    LONG_ADDRESS,
    REDUCED_TYPE,
    REDUCTION,
    REDUCTION_HINTS,
    SIZE,
    UNIFORM,
    bytes_of_reduction,
    register_pair,
    registers_of_access,
    registers_of_reduction,
)
from sassafras.isa.opcodes.modifiers_of_lanes import BARRIER_REDUCTION, BARRIER_WAIT, SHUFFLE, VOTE
from sassafras.isa.opcodes.modifiers_of_turing import (
    CALLED,
    CLEARED,
    DEFERRED,
    DIVERGED,
    EVERY_LANE,
    FENCE_HINTS,
    MEMORY_HINTS,
    ONE_WORD,
    RELATIVE,
    RETURNED,
    registers_unless_one,
)
from sassafras.isa.opcodes.record import Opcode, always, opcode
from sassafras.isa.operands import Operand

_SPECIAL = (*SPECIAL_REGISTERS, *CLOCKS, *PLACES, "SR_CgaCtaId")


def _load(name: str, signature: str, space: Space, **facts: object) -> Opcode:
    memory = Memory(space, Action.LOAD)
    return opcode(name, signature, pipe=Pipe.MEMORY, memory=memory, result_width=registers_of_access, **facts)


def _store(name: str, space: Space, **facts: object) -> Opcode:
    memory = Memory(space, Action.STORE)
    return opcode(name, "ar", pipe=Pipe.MEMORY, memory=memory, source_width=registers_of_access, **facts)


LOADS = (
    _load("LDG", "da", Space.GLOBAL, fields=(LONG_ADDRESS, *MEMORY_HINTS, SIZE), group=Group.LD),
    _load("LDL", "da", Space.LOCAL, fields=(*MEMORY_HINTS, SIZE), group=Group.LD),
    _load("LDS", "da", Space.SHARED, fields=(UNIFORM, SIZE), group=Group.LDS),
    _load("LDC", "dk", Space.CONSTANT, fields=(SIZE,)),
    _load("ULDC", "dk", Space.CONSTANT, fields=(SIZE,)),
    opcode("S2R", "dx", pipe=Pipe.QUARTER, special_registers=_SPECIAL, fidelity=special_register),
    opcode("S2UR", "dx", pipe=Pipe.QUARTER, special_registers=_SPECIAL, fidelity=special_register),
    opcode(
        "CS2R",
        "dx",
        pipe=Pipe.QUARTER,
        fields=(ONE_WORD,),
        special_registers=("SRZ", *CLOCKS),
        result_width=registers_unless_one,
        fidelity=special_register,
    ),
)

STORES = (
    _store("STG", Space.GLOBAL, fields=(LONG_ADDRESS, *MEMORY_HINTS, SIZE)),
    _store("STL", Space.LOCAL, fields=(*MEMORY_HINTS, SIZE)),
    _store("STS", Space.SHARED, fields=(SIZE,)),
)


def _atomic(name: str, *signatures: str, space: Space, fields: tuple[Field[Any], ...]) -> Opcode:
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


_GLOBAL_ATOMIC = (LONG_ADDRESS, REDUCTION, REDUCED_TYPE, *REDUCTION_HINTS, *MEMORY_HINTS)

ATOMICS = (
    _atomic("RED", "ar", space=Space.GLOBAL, fields=_GLOBAL_ATOMIC),
    _atomic("REDG", "ar", space=Space.GLOBAL, fields=_GLOBAL_ATOMIC),
    _atomic("ATOMG", "Ddar", "Ddarr", space=Space.GLOBAL, fields=_GLOBAL_ATOMIC),
    _atomic("ATOMS", "dar", "darr", space=Space.SHARED, fields=(REDUCTION, REDUCED_TYPE)),
)

SYNCHRONISATION = (
    opcode(
        "BAR",
        "i",
        pipe=Pipe.BARRIER,
        flow=Flow.BARRIER,
        fields=(BARRIER_WAIT, BARRIER_REDUCTION, DEFERRED),
        cross_lane=is_no_plain_barrier,
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
    opcode("VOTEU", "Dp", "dDp", pipe=Pipe.HALF, fields=(VOTE,), cross_lane=always),
    opcode("MEMBAR", "", pipe=Pipe.ISSUE, fields=FENCE_HINTS),
    opcode("ERRBAR", "", pipe=Pipe.ISSUE),
    opcode("NOP", "", pipe=Pipe.ISSUE),
    opcode("YIELD", "", pipe=Pipe.ISSUE),
)


def _asks_who_is_there(fields: Fields, operands: tuple[Operand, ...]) -> bool:  # noqa: ARG001  # one signature
    """BRA.DIV."""
    return fields[DIVERGED]


#: Lanes that have parted wait for each other at BSYNC; nothing else comes of them (docs/gpus.md).
CONVERGENCE = (
    opcode("BSSY", "bt", pipe=Pipe.ISSUE, convergence=Convergence.PART),
    opcode("BSYNC", "b", pipe=Pipe.ISSUE, convergence=Convergence.MEET),
    opcode("BREAK", "b", "pb", pipe=Pipe.ISSUE, convergence=Convergence.LEAVE),
    opcode("BMOV", "db", pipe=Pipe.ISSUE, fields=(ONE_WORD, CLEARED), convergence=Convergence.LEAVE),
    opcode("WARPSYNC", "", "i", "r", pipe=Pipe.ISSUE, fields=(EVERY_LANE,), convergence=Convergence.MEET),
)

CONTROL = (
    opcode(
        "BRA",
        *("t", "pt", "st"),
        pipe=Pipe.ISSUE,
        flow=Flow.JUMP,
        fields=(UNIFORM, DIVERGED),
        operand_modifiers="~",
        cross_lane=_asks_who_is_there,
    ),
    opcode("BRX", "ri", pipe=Pipe.ISSUE, flow=Flow.COMPUTED_JUMP),
    opcode("CALL", "t", pipe=Pipe.ISSUE, flow=Flow.CALL, fields=(RELATIVE, CALLED)),
    opcode(
        "RET",
        "rt",
        pipe=Pipe.ISSUE,
        flow=Flow.RETURN,
        fields=(RELATIVE, RETURNED),
        source_width=register_pair,
    ),
    opcode("EXIT", "", "p", pipe=Pipe.ISSUE, flow=Flow.EXIT),
)

TURING_MEMORY: tuple[Opcode, ...] = LOADS + STORES + ATOMICS + SYNCHRONISATION + CONVERGENCE + CONTROL
