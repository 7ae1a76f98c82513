"""NVBitFI's instruction groups for Maxwell's opcodes, needed to count as it does: by opcode, whatever the
operands (its ``common/globals.h``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.isa.program import Program

GP = 7  #: igid of the group that holds every instruction which writes a general register


def general_register_mask(program: Program) -> NDArray[np.bool_]:
    """Which instructions NVBitFI counts in group GP: all but those that it takes to write predicates alone,
    or nothing. bool (instructions,).
    """
    return np.array([i.record.has_register_destination for i in program.instructions], bool)
