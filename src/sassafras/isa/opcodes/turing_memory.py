"""Memory, synchronisation and control opcodes of Turing and its successors."""

from __future__ import annotations

from typing import Any

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Action, Convergence, Flow, Memory, Pipe, Space
from sassafras.isa.opcodes.fidelity import Always, border
from sassafras.isa.opcodes.fields import Field, Fields
from sassafras.isa.opcodes.maxwell_memory import (
    ALL_ONES,
    BARRIER_OPERANDS,
    CLOCKS,
    PLACES,
    SPECIAL_REGISTERS,
    UNHEARD,
    is_no_plain_barrier,
    special_register,
)
from sassafras.isa.opcodes.modifiers import (
    BREAKPOINT,
    DEPENDENCY_HINT,
    LONG_ADDRESS,
    REDUCED_TYPE,
    REDUCTION,
    REDUCTION_HINTS,
    SIZE,
    UNIFORM,
    Type,
    register_pair,
    registers_of_access,
)
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BARRIER_REDUCTION,
    BARRIER_RESULT,
    BARRIER_WAIT,
    REDUCED_LANES,
    SHUFFLE,
    SIGNED_LANES,
    VOTE,
)
from sassafras.isa.opcodes.modifiers_of_turing import (
    ASKED_SPACE,
    CACHE_HINTS,
    CALL_ADDRESS,
    CALLED,
    CLEARED,
    COLLECTIVE,
    DEFERRED,
    DIVERGED,
    EVERY_LANE,
    EXCLUSIVE,
    FENCE_HINTS,
    GATHERED,
    MEMORY_HINTS,
    OF_PAIRS,
    ONE_WORD,
    PAST_CACHE,
    PER_LANE,
    REDUCED_TYPE_OF_TURING,
    REDUCTION_OF_TURING,
    RELATIVE,
    RETURNED,
    SPINNING,
    ZERO_FILLED,
    bytes_of_reduced,
    registers_of_matched,
    registers_of_reduced,
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
    _load("LD", "da", Space.GENERIC, fields=(LONG_ADDRESS, *MEMORY_HINTS, SIZE), group=Group.LD),
    _load("LDG", "da", Space.GLOBAL, fields=(LONG_ADDRESS, *MEMORY_HINTS, SIZE), group=Group.LD),
    _load("LDL", "da", Space.LOCAL, fields=(*MEMORY_HINTS, SIZE), group=Group.LD),
    _load("LDS", "da", Space.SHARED, fields=(UNIFORM, SIZE), group=Group.LDS),
    _load("LDC", "dk", Space.CONSTANT, fields=(SIZE,)),
    _load("ULDC", "dk", Space.CONSTANT, fields=(SIZE,), group=Group.UNIFORM),
    opcode("S2R", "dx", pipe=Pipe.QUARTER, special_registers=_SPECIAL, fidelity=special_register),
    opcode(
        "S2UR",
        "dx",
        pipe=Pipe.QUARTER,
        special_registers=_SPECIAL,
        group=Group.UNIFORM,
        fidelity=special_register,
    ),
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

COPIED_AT_ONCE = Always(
    border(
        "what is read of a copy before it is waited for: here the copy is made at once", "PTX ISA, cp.async"
    )
)

STORES = (
    _store("ST", Space.GENERIC, fields=(LONG_ADDRESS, *MEMORY_HINTS, SIZE)),
    _store("STG", Space.GLOBAL, fields=(LONG_ADDRESS, *MEMORY_HINTS, SIZE)),
    _store("STL", Space.LOCAL, fields=(*MEMORY_HINTS, SIZE)),
    _store("STS", Space.SHARED, fields=(SIZE,)),
    opcode(
        "LDGSTS",
        "aA",
        "aAp",
        pipe=Pipe.MEMORY,
        memory=Memory(Space.SHARED, Action.STORE),
        copies_from=Space.GLOBAL,
        fields=(
            LONG_ADDRESS,
            PAST_CACHE,
            *MEMORY_HINTS,
            SIZE.of("64", "128", default=SIZE.default),
            ZERO_FILLED,
        ),
        fidelity=COPIED_AT_ONCE,
    ),
)


def _atomic(name: str, *signatures: str, space: Space, fields: tuple[Field[Any], ...]) -> Opcode:
    return opcode(
        name,
        *signatures,
        pipe=Pipe.MEMORY,
        memory=Memory(space, Action.REDUCE),
        access_bytes=bytes_of_reduced,
        result_width=registers_of_reduced,
        source_width=registers_of_reduced,
        fields=fields,
    )


_GLOBAL_ATOMIC = (LONG_ADDRESS, REDUCTION, REDUCED_TYPE_OF_TURING, *REDUCTION_HINTS, *MEMORY_HINTS)
_SHARED_ATOMIC = (PER_LANE, REDUCTION_OF_TURING, SPINNING, REDUCED_TYPE.of(default=Type.U32), ONE_WORD)

ATOMICS = (
    _atomic("RED", "ar", space=Space.GLOBAL, fields=_GLOBAL_ATOMIC),
    _atomic("REDG", "ar", space=Space.GLOBAL, fields=_GLOBAL_ATOMIC),
    _atomic("ATOMG", "Ddar", "Ddarr", space=Space.GLOBAL, fields=_GLOBAL_ATOMIC),
    _atomic("ATOM", "Ddar", "Ddarr", space=Space.GENERIC, fields=_GLOBAL_ATOMIC),
    _atomic("ATOMS", "dar", "darr", "da", space=Space.SHARED, fields=_SHARED_ATOMIC),
    opcode("QSPC", "Dda", pipe=Pipe.MEMORY, looks_at=Space.GENERIC, fields=(LONG_ADDRESS, ASKED_SPACE)),
)

SYNCHRONISATION = (
    opcode(
        "BAR",
        *BARRIER_OPERANDS,
        pipe=Pipe.BARRIER,
        flow=Flow.BARRIER,
        fields=(BARRIER_WAIT, BARRIER_REDUCTION, DEFERRED),
        cross_lane=is_no_plain_barrier,
    ),
    opcode(
        "B2R", "d", "dD", pipe=Pipe.QUARTER, fields=(BARRIER_RESULT,), cross_lane=always, fidelity=ALL_ONES
    ),
    opcode(
        "MATCH",
        "dr",
        "Ddr",
        pipe=Pipe.MEMORY,
        fields=(VOTE.of("ANY", "ALL"), OF_PAIRS),
        source_width=registers_of_matched,
        cross_lane=always,
    ),
    opcode(
        "REDUX",
        "dr",
        pipe=Pipe.QUARTER,
        fields=(REDUCED_LANES, SIGNED_LANES),
        group=Group.UNIFORM,
        cross_lane=always,
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
    opcode("VOTEU", "Dp", "dDp", pipe=Pipe.HALF, fields=(VOTE,), group=Group.UNIFORM, cross_lane=always),
    opcode("MEMBAR", "", pipe=Pipe.ISSUE, fields=FENCE_HINTS),
    opcode("ERRBAR", "", pipe=Pipe.ISSUE),
    opcode("DEPBAR", "n", "ni", "nin", pipe=Pipe.ISSUE, fields=(DEPENDENCY_HINT,)),
    opcode("LDGDEPBAR", "", pipe=Pipe.ISSUE),
    opcode("CCTL", "", "a", pipe=Pipe.ISSUE, looks_at=Space.GENERIC, fields=CACHE_HINTS),
    opcode("NANOSLEEP", "s", pipe=Pipe.ISSUE),
    opcode("NOP", "", pipe=Pipe.ISSUE),
    opcode("YIELD", "", pipe=Pipe.ISSUE),
)


CODE_PLACE = Always(
    border(
        "the address of code itself: here an offset in the function", "compiled calls of absolute addresses"
    )
)


def _asks_who_is_there(fields: Fields, operands: tuple[Operand, ...]) -> bool:  # noqa: ARG001  # one signature
    """BRA.DIV, BRA.CONV."""
    return fields[DIVERGED] or fields[GATHERED]


#: Lanes that have parted wait for each other at BSYNC; nothing else comes of them (docs/gpus.md).
CONVERGENCE = (
    opcode("BSSY", "bt", pipe=Pipe.ISSUE, convergence=Convergence.PART),
    opcode("BSYNC", "b", pipe=Pipe.ISSUE, convergence=Convergence.MEET),
    opcode("BREAK", "b", "pb", pipe=Pipe.ISSUE, convergence=Convergence.LEAVE),
    opcode(
        "BMOV",
        "db",
        "br",
        "bi",
        "bb",
        pipe=Pipe.ISSUE,
        fields=(ONE_WORD, CLEARED),
        convergence=Convergence.LEAVE,
    ),
    opcode(
        "WARPSYNC",
        *("", "i", "r", "rt"),
        pipe=Pipe.ISSUE,
        fields=(EVERY_LANE, EXCLUSIVE, COLLECTIVE),
        convergence=Convergence.MEET,
    ),
    opcode("ENDCOLLECTIVE", "", pipe=Pipe.ISSUE),
)

CONTROL = (
    opcode(
        "BRA",
        *("t", "pt", "st"),
        pipe=Pipe.ISSUE,
        flow=Flow.JUMP,
        fields=(UNIFORM, DIVERGED, GATHERED),
        operand_modifiers="~",
        cross_lane=_asks_who_is_there,
    ),
    opcode("BRX", "ri", pipe=Pipe.ISSUE, flow=Flow.COMPUTED_JUMP),
    opcode("BRXU", "si", pipe=Pipe.ISSUE, flow=Flow.COMPUTED_JUMP),
    opcode("BPT", "i", pipe=Pipe.ISSUE, flow=Flow.STOP, fields=(BREAKPOINT,)),
    opcode(
        "CALL",
        *("t", "rt", "r"),
        pipe=Pipe.ISSUE,
        flow=Flow.CALL,
        flow_by_register=((1, Flow.STOP), (2, Flow.COMPUTED_JUMP)),
        fields=(CALL_ADDRESS, CALLED),
        source_width=register_pair,
    ),
    opcode("LEPC", "d", pipe=Pipe.QUARTER, result_width=register_pair, fidelity=CODE_PLACE),
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
