"""NVBitFI's instruction groups for sm_50 opcodes: a fact of its ``common/globals.h``, needed to count as it
does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.program import Program

GP = 7  #: igid of the group that holds every instruction which writes a general register

_PREDICATE_ONLY = "FCHK FSETP DSETP ISETP CSETP PSETP R2P VSETP"
_WITHOUT_DESTINATION = (
    "ST STG STL STS RED CCTL CCTLL MEMBAR CCTLT SURED SUST BRA BRX JMP JMX SSY SYNC CAL JCAL PRET RET BRK "
    "PBK CONT PCNT EXIT PEXIT LONGJMP PLONGJMP KIL BPT IDE RAM RTT SAM NOP BAR R2B DEPBAR SETCRSPTR "
    "SETLMEMBASE"
)
_OUTSIDE = frozenset(f"{_PREDICATE_ONLY} {_WITHOUT_DESTINATION}".split())


def general_register_mask(program: Program) -> NDArray[np.bool_]:
    """Which instructions NVBitFI counts in group GP: all but those that it takes to write predicates alone,
    or nothing. bool (instructions,).
    """
    return np.array([i.opcode not in _OUTSIDE for i in program.instructions], bool)
