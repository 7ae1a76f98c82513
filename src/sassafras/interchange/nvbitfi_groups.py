"""NVBitFI's instruction groups, needed to count as it does: by opcode, whatever the operands (its
``common/globals.h``, at the version that `formats` names).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.family import MAXWELL
from sassafras.isa.program import Program

GP = 7  #: igid of the group that holds every instruction which writes a general register
#: From Volta on: opcodes that it takes to write predicates alone, and those that it takes to write nothing.
#: All others are in group GP; one that it has never heard of (UIADD3, ATOMG, CALL, ...) it takes for the
#: first of its table, which is FADD, and counts it there.
_WITHOUT_REGISTER = frozenset(
    (
        *("FCHK", "FSETP", "DSETP", "ISETP", "CSETP", "PSETP", "R2P", "VSETP", "PLOP3"),
        *("ST", "STG", "STL", "STS", "RED", "CCTL", "ERRBAR", "MEMBAR"),
        *("BRA", "BRX", "JMX", "RET", "EXIT", "BSSY", "BSYNC", "BREAK", "BPT"),
        *("WARPSYNC", "YIELD", "NANOSLEEP", "NOP", "BAR", "DEPBAR"),
    )
)


def general_register_mask(program: Program) -> NDArray[np.bool_]:
    """Which instructions NVBitFI counts in group GP: all but those that it takes to write predicates alone,
    or nothing. bool (instructions,).
    """
    if program.architecture.family is MAXWELL:
        return np.array([i.record.has_register_destination for i in program.instructions], bool)
    return np.array([i.opcode not in _WITHOUT_REGISTER for i in program.instructions], bool)
