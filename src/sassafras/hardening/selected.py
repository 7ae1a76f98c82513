"""What is predicted of selective duplication, from the critical share that a campaign has found per
instruction of the plain kernel.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.faults.model import Mode
from sassafras.hardening.coverage import Coverage
from sassafras.hardening.effects import ASSUMED, turning
from sassafras.hardening.fates import Fate
from sassafras.isa.groups import Group
from sassafras.isa.kinds import Flow
from sassafras.isa.opcodes import MAXWELL, TURING
from sassafras.kernels.hardened.adding import WITHIN
from sassafras.kernels.hardened.selective import TWICE, Part
from sassafras.kernels.hardened.technique import Technique

COVERED = 0.95  #: of the faults in what is done twice, as of copies in `effects`


_FLOATS = frozenset({Group.FADD_FMUL, Group.FFMA, Group.DADD_DMUL, Group.DFMA, Group.FP16, Group.TENSOR})


def part_of(opcode: str) -> Part:
    """The part that an opcode (``ISETP.GE.AND``) belongs to."""
    name = opcode.partition(".")[0]
    record = MAXWELL.get(name) or TURING[name]
    if record.memory is not None or record.flow is Flow.BARRIER:
        return Part.DATA
    return Part.SUMS if record.group in _FLOATS else Part.PLACES


def critical_parts(injections: pd.DataFrame, kernel: str, critical: Criticality = PLAIN) -> dict[Part, int]:
    """Critical faults in a kernel's instructions (IOV and IOA) by part."""
    own = injections[(injections["kernel"] == kernel) & (injections["mode"] != Mode.RF.value)]
    struck = own[critical.rows(own)]
    counted = Counter(map(part_of, struck["opcode"])) if len(struck) else Counter[Part]()
    return {part: counted[part] for part in Part}


def predicted(
    injections: pd.DataFrame, critical: Criticality = PLAIN
) -> dict[tuple[str, Technique], Coverage]:
    """Coverages of selective techniques, of kernels in which a fault was critical: `COVERED` of the faults in
    what they do twice. A fault in the register file (RF) is taken to have the same chance.
    """
    found = {}
    for (kernel, technique), twice in TWICE.items():
        parts = critical_parts(injections, kernel, critical)
        if total := sum(parts.values()):
            share = COVERED * sum(parts[part] for part in twice) / total
            found[kernel, technique] = Coverage(turning(share, Fate.QUIET), share, measured=False)
    for (kernel, technique), within in WITHIN.items():
        if inside := found.get((kernel, within)):
            becomes = inside.becomes @ ASSUMED[technique].own
            found[kernel, technique] = Coverage(becomes, inside.share, measured=False)
    return found
