"""Instruction groups of SASSIFI (its ``igid`` numbers), the strata of instruction-level faults.
 Source: SASSIFI's ``error_injector.h`` (``enum INST_TYPE``). Groups 0 to 3 go by the kind of destination and
overlap; 4 to 12 go by opcode and are disjoint; MISC is counted and never injected. What came with Volta and
Turing and SASSIFI has no like of is in groups of its own from 14 on, by opcode too (docs/gpus.md).
"""

from __future__ import annotations

from enum import IntEnum


class Group(IntEnum):
    """SASSIFI's instruction groups, and ours."""

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
    FP16 = 14  #: arithmetic of halves
    UNIFORM = 15  #: what writes registers or predicates of the warp
    TENSOR = 16  #: products of matrices
