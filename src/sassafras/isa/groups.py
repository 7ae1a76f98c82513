"""Instruction groups of SASSIFI (its ``igid`` numbers), the strata of instruction-level faults.
 Source: SASSIFI's ``error_injector.h`` (``enum INST_TYPE``). Groups 0 to 3 go by the kind of destination and
overlap; 4 to 12 go by opcode and are disjoint; MISC is counted and never injected.
"""

from __future__ import annotations

from enum import IntEnum


class Group(IntEnum):
    """SASSIFI's instruction groups."""

    GPR = 0
    CC = 1
    PR = 2
    STORE = 3
    IADD_IMUL = 4
    FADD_FMUL = 5
    DADD_DMUL = 6
    MAD = 7
    FFMA = 8
    DFMA = 9
    SETP = 10
    LDS = 11
    LD = 12
    MISC = 13
