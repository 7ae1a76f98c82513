"""Memory, synchronisation and control opcodes of Maxwell and Pascal (sm_50 to sm_62).

Global accesses need ``.E`` (64-bit addresses): the 32-bit form is never compiled for 64-bit code and is
refused.
"""

from __future__ import annotations

from sassafras.isa.groups import Group
from sassafras.isa.opcodes.record import Opcode, choice, opcode, option, registers_of_access

LONG_ADDRESS = choice("E", "E")
SIZE = option("U8", "S8", "U16", "S16", "32", "64", "128", name="size")
LOAD_CACHE = option("CI", "CG", "CV", "LU", name="cache")
STORE_CACHE = option("CG", "CS", "WT", name="cache")
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
        fields=(LONG_ADDRESS, LOAD_CACHE, SIZE),
        group=Group.LD,
        result_width=registers_of_access,
    ),
    opcode("LDL", "da", fields=(LOAD_CACHE, SIZE), group=Group.LD, result_width=registers_of_access),
    opcode("LDS", "da", fields=(option("U"), SIZE), group=Group.LDS, result_width=registers_of_access),
    opcode("LDC", "dk", fields=(SIZE,), result_width=registers_of_access),
    opcode("S2R", "dx", special_registers=SPECIAL_REGISTERS),
)

STORES = (
    opcode(
        "STG", "ar", fields=(LONG_ADDRESS, STORE_CACHE, SIZE), source_width=registers_of_access, store=True
    ),
    opcode("STL", "ar", fields=(STORE_CACHE, SIZE), source_width=registers_of_access, store=True),
    opcode("STS", "ar", fields=(SIZE,), source_width=registers_of_access, store=True),
    opcode(
        "RED",
        "ar",
        fields=(
            LONG_ADDRESS,
            choice("operation", "ADD"),
            option("U32", "S32", "F32", name="type", default="U32"),
            option("FTZ"),
            option("RN"),
        ),
        store=True,
    ),
)

SYNCHRONISATION = (
    opcode("BAR", "i", fields=(choice("SYNC", "SYNC"),)),
    opcode("MEMBAR", "", fields=(choice("scope", "CTA", "GL", "SYS"), option("IVALLD"))),
    opcode("DEPBAR", "n", "ni", "nin", fields=(option("LE"),)),
    opcode("NOP", ""),
)

CONTROL = (
    opcode("BRA", "t", "pt", "ct", fields=(option("U"),)),
    opcode("BRX", "ri"),
    opcode("SSY", "t"),
    opcode("SYNC", "", "p", "c"),
    opcode("PBK", "t"),
    opcode("BRK", "", "p", "c"),
    opcode("CAL", "t", fields=(option("NOINC"),)),
    opcode("RET", "", "p", "c"),
    opcode("EXIT", "", "p", "c"),
)

MEMORY_OPCODES: tuple[Opcode, ...] = LOADS + STORES + SYNCHRONISATION + CONTROL
